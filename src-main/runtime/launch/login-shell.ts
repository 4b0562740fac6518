import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { userInfo } from 'node:os';
import path from 'node:path';
import { Guardian } from '../process/guardian.js';

export type Environment = Record<string, string>;
export type ShellAnswer = { env: Environment; shell: string; tookMs: number; problem?: string };

export const SHELL_LIMIT_MS = 5_000;
/** What a shell has started is given this long to tidy up. */
const FAREWELL_MS = 1_000;
const OUTPUT_LIMIT = 8 * 1_024 * 1_024;

/** Shells that take `-i -l -c` and redirect as sh does. Any other person's shell is asked through /bin/sh. */
const KNOWN_SHELLS = new Set(['bash', 'zsh', 'fish', 'sh', 'dash', 'ksh', 'mksh', 'ash']);

/**
 * Asks the person's login shell for its environment, as a terminal would have it. An app started from the dock gets
 * a bare PATH from the system, on which neither `npx` nor `uvx` is found. Whatever rc files print is tolerated; one
 * that hangs is ended after `limitMs`, and `problem` then says so.
 */
export async function askLoginShell(base: Environment, limitMs = SHELL_LIMIT_MS): Promise<ShellAnswer> {
  const started = performance.now();
  const shell = loginShell(base);
  const answer = (env: Environment, problem?: string): ShellAnswer => ({
    env,
    shell,
    tookMs: Math.round(performance.now() - started),
    ...(problem !== undefined && { problem }),
  });
  try {
    const { output, marker } = await runShell(shell, base, limitMs);
    const env = parseEnvironment(output, marker);
    return env ? answer(env) : answer({}, `${shell} did not print its environment`);
  } catch (error) {
    return answer({}, `${shell}: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function loginShell(base: Environment): string {
  let shell = base['SHELL'] ?? '';
  if (!shell) {
    try {
      shell = userInfo().shell ?? '';
    } catch {
      // No passwd entry for this user, as in some containers.
    }
  }
  return KNOWN_SHELLS.has(path.basename(shell)) ? shell : '/bin/sh';
}

async function runShell(
  shell: string,
  base: Environment,
  limitMs: number,
): Promise<{ output: Buffer; marker: string }> {
  const marker = randomUUID();
  // `env -0` keeps values with line breaks whole; where env does not know -0, lines must do.
  const script = `printf %s ${marker}; command env -0 2>/dev/null || command env; printf %s ${marker}; exit 0`;
  const child = spawn(shell, ['-i', '-l', '-c', script], {
    // Its own session: an interactive shell would otherwise fight over the terminal of whoever started the app.
    detached: true,
    stdio: ['ignore', 'pipe', 'ignore'],
    cwd: base['HOME'] ?? '/',
    env: {
      ...base,
      // Asked before the terminal is there: keep oh-my-zsh from updating and tmux from taking over.
      DISABLE_AUTO_UPDATE: 'true',
      ZSH_TMUX_AUTOSTART: 'false',
      JACKFIELD_RESOLVING_ENVIRONMENT: '1',
    },
  });
  const signalAll = (signal: NodeJS.Signals): boolean => {
    try {
      return child.pid !== undefined && process.kill(-child.pid, signal);
    } catch {
      // It has ended.
      return false;
    }
  };
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    // A shell that waits in its rc files would otherwise outlive an app that ends meanwhile. No listener does it: this
    // very process may become the server that the answer is for.
    const guardian = child.pid === undefined ? undefined : new Guardian(child.pid);
    const letGo = (): void => void guardian?.dismiss();
    const finish = (error?: Error): void => {
      clearTimeout(timer);
      child.stdout.destroy();
      if (error) reject(error);
      else resolve({ output: Buffer.concat(chunks), marker });
      // What a file started may hold a lock of the person's tools (pyenv's, say) and gives it back when it is asked to.
      if (!signalAll('SIGTERM')) return letGo();
      setTimeout(() => {
        signalAll('SIGKILL');
        letGo();
      }, FAREWELL_MS).unref();
    };
    const timer = setTimeout(
      () => finish(new Error(`did not answer within ${limitMs / 1_000} s (something in its rc files waits)`)),
      limitMs,
    );
    child.once('error', finish);
    child.stdout.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > OUTPUT_LIMIT) finish(new Error('printed more than an environment'));
      // The second marker is the end of the answer: what rc files left running need not be waited for.
      else if (Buffer.concat(chunks.slice(-2)).includes(marker) && countOf(chunks, marker) === 2) finish();
    });
    child.once('close', () => finish());
  });
}

function countOf(chunks: Buffer[], marker: string): number {
  return Buffer.concat(chunks).toString('latin1').split(marker).length - 1;
}

/** What stands between the two markers, whatever was printed around them. */
export function parseEnvironment(output: Buffer, marker: string): Environment | undefined {
  const parts = output.toString('utf8').split(marker);
  const body = parts.at(-2);
  if (parts.length < 3 || body === undefined) return undefined;
  const env: Environment = {};
  for (const line of body.split(body.includes('\0') ? '\0' : '\n')) {
    const at = line.indexOf('=');
    // Exported bash functions are code for bash alone.
    if (at <= 0 || line.startsWith('BASH_FUNC_')) continue;
    env[line.slice(0, at)] = line.slice(at + 1);
  }
  for (const own of ['DISABLE_AUTO_UPDATE', 'ZSH_TMUX_AUTOSTART', 'JACKFIELD_RESOLVING_ENVIRONMENT', '_'])
    delete env[own];
  return Object.keys(env).length > 0 ? env : undefined;
}
