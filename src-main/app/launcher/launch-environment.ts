import { BaseEnvironment, mergePaths } from '../../runtime/launch/environment.js';
import { pathOf } from '../../runtime/launch/command-lookup.js';
import { recallLoginPath, rememberLoginPath } from '../../runtime/launch/login-path.js';
import type { Environment } from '../../runtime/launch/login-shell.js';

/** What belongs to our own start, and to Electron where that runs us. */
const OUR_OWN = /^(JACKFIELD_|ELECTRON_|NODE_CHANNEL_)/;

/**
 * The environment that a launched server starts from: the one it was launched with, as a program has that becomes
 * another, and on top the PATH of the login shell, because clients that are started from a dock have a bare one.
 */
export function launchEnvironment(env: NodeJS.ProcessEnv, cacheDir: string) {
  const own = ownOf(env);
  const withPath = (known: string): Environment => ({ ...own, PATH: mergePaths(known, pathOf(own)) });
  const asked = async (): Promise<Environment> => {
    const answer = await new BaseEnvironment(env).ask();
    await rememberLoginPath(cacheDir, answer);
    return withPath(pathOf(answer.env));
  };
  return {
    /** With the PATH that was remembered; the shell is asked only where none was. */
    quickly: async (): Promise<Environment> => {
      if (process.platform === 'win32') return own;
      const known = await recallLoginPath(cacheDir);
      return known === undefined ? asked() : withPath(known);
    },
    /** Asks the shell, whatever is remembered. */
    thoroughly: async (): Promise<Environment> => (process.platform === 'win32' ? own : asked()),
  };
}

function ownOf(env: NodeJS.ProcessEnv): Environment {
  const own: Environment = {};
  for (const [name, value] of Object.entries(env))
    if (value !== undefined && !OUR_OWN.test(name)) own[name] = value;
  return own;
}
