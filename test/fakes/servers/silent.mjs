// Starts, says something on stderr, and never answers.
process.stderr.write('waiting for a licence\n');
process.stdin.resume();
