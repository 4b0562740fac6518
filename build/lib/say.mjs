/** Scripts talk on stderr alone: stdout belongs to the host's ready line. */
export const say = (line) => process.stderr.write(`${line}\n`);

/** A script that cannot go on: one line, and the exit code. */
export class ScriptError extends Error {
  constructor(message, exitCode = 1) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Runs a script's main function and ends the process the way every script here does. */
export async function runScript(main) {
  try {
    const code = await main();
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    say(error instanceof ScriptError ? error.message : error.stack);
    process.exitCode = error.exitCode ?? 1;
  }
}
