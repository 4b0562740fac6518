import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { askLoginShell, SHELL_LIMIT_MS } from '../../src-main/runtime/launch/login-shell.js';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'jackfield-shell-'));
});
afterEach(() => rm(home, { recursive: true, force: true, maxRetries: 5 }));

type Shell = {
  name: string;
  /** Files read by a login shell and by an interactive one; the same where there is only one. */
  login: string;
  interactive: string;
  /** `NAME=value`, exported, in this shell's words. */
  set(name: string, value: string): string;
};

const posix = { set: (name: string, value: string) => `export ${name}=${value}` };
const SHELLS: Shell[] = [
  { name: 'bash', login: '.bash_profile', interactive: '.bash_profile', ...posix },
  { name: 'zsh', login: '.zprofile', interactive: '.zshrc', ...posix },
  { name: 'dash', login: '.profile', interactive: '.profile', ...posix },
  { name: 'sh', login: '.profile', interactive: '.profile', ...posix },
  {
    name: 'fish',
    login: '.config/fish/config.fish',
    interactive: '.config/fish/config.fish',
    set: (name, value) => `set -gx ${name} ${value.replaceAll(':', ' ')}`,
  },
];

/** Processes that sleep for so long: a killed one is gone a moment later. */
const sleeping = (seconds: number): string[] =>
  execFileSync('ps', ['-axo', 'args='])
    .toString()
    .split('\n')
    .filter((line) => line === `sleep ${seconds}`);

const whereIs = (name: string): string | undefined =>
  ['/bin', '/usr/bin', '/usr/local/bin', '/opt/homebrew/bin']
    .map((folder) => path.join(folder, name))
    .find(existsSync);

for (const { name } of SHELLS)
  if (!whereIs(name)) process.stderr.write(`${name} is not installed: its tests are left out.\n`);

describe.each(SHELLS.filter(({ name }) => whereIs(name)))('$name as login shell', (shell) => {
  const rc = async (file: string, ...lines: string[]): Promise<void> => {
    const full = path.join(home, file);
    await mkdir(path.dirname(full), { recursive: true });
    await writeFile(full, `${lines.join('\n')}\n`, { flag: 'a' });
  };
  const ask = (limitMs?: number) =>
    askLoginShell({ SHELL: whereIs(shell.name)!, HOME: home, PATH: '/usr/bin:/bin' }, limitMs);

  it('tells what its files for logins and for terminals set', async () => {
    await rc(shell.login, shell.set('FROM_LOGIN', 'yes'));
    await rc(shell.interactive, shell.set('FROM_TERMINAL', 'yes'), shell.set('PATH', `${home}/tools:$PATH`));
    const { env, problem, shell: asked } = await ask();
    expect(problem).toBeUndefined();
    expect(asked).toBe(whereIs(shell.name));
    expect(env).toMatchObject({ FROM_LOGIN: 'yes', FROM_TERMINAL: 'yes', HOME: home });
    expect(env['PATH']!.split(':')[0]).toBe(`${home}/tools`);
    expect(env['PATH']!.split(':')).toContain('/usr/bin');
  });

  it('may greet, complain and colour', async () => {
    await rc(
      shell.interactive,
      'printf "PATH=/wrong\\n\\033[31mWelcome\\033[0m\\n"',
      'cat /no/such/file',
      'echo noise >&2',
      shell.set('GOOD', 'yes'),
    );
    const { env, problem } = await ask();
    expect(problem).toBeUndefined();
    expect(env['GOOD']).toBe('yes');
    expect(env['PATH']).not.toBe('/wrong');
  });

  it('is given up after five seconds where its files wait, with all that they started', async () => {
    const seconds = 9_000 + SHELLS.indexOf(shell);
    await rc(shell.interactive, `sleep ${seconds}`);
    const { env, problem, tookMs } = await ask();
    expect(SHELL_LIMIT_MS).toBe(5_000);
    expect(problem).toContain('did not answer within 5 s');
    expect(env).toEqual({});
    expect(tookMs).toBeGreaterThanOrEqual(4_990);
    await vi.waitFor(() => expect(sleeping(seconds)).toEqual([]));
  });

  it('is not waited for where its files leave something running', async () => {
    const seconds = 9_100 + SHELLS.indexOf(shell);
    await rc(shell.interactive, `sleep ${seconds} &`, shell.set('GOOD', 'yes'));
    const { env, problem } = await ask();
    expect(env['GOOD']).toBe('yes');
    expect(problem).toBeUndefined();
    await vi.waitFor(() => expect(sleeping(seconds)).toEqual([]));
  });
});
