@rem npm runs "exec node ..." through cmd.exe here and finds this file; elsewhere the shell has an exec of its own,
@rem which lets a signal to npm reach Node instead of a shell in between.
@%*
