import { spawn } from 'node:child_process';
import { ROOT } from './paths.mjs';
import { endWithUs, inOwnGroup } from './stopping.mjs';

const isWindows = process.platform === 'win32';

/**
 * Runs a command to its end and answers its exit code. What it prints goes to stderr, so that stdout stays clean.
 * @param options.env added to this process's own; `options.onOutput` sees every chunk
 */
export function run(command, args, { env = {}, onOutput, quiet = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = endWithUs(
      spawn(command, args, {
        cwd: ROOT,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
        // npm is a .cmd file on Windows, which only a shell can start; every argument here is a constant of ours.
        shell: isWindows && command === 'npm',
        windowsHide: true,
        ...inOwnGroup,
      }),
    );
    const pass = (chunk) => {
      onOutput?.(chunk);
      if (!quiet) process.stderr.write(chunk);
    };
    child.stdout.on('data', pass);
    child.stderr.on('data', pass);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? (signal ? 1 : 0)));
  });
}

/** A file of node_modules run by this very Node: no shell, no PATH. */
export const runNode = (file, args, options) => run(process.execPath, [file, ...args], options);
