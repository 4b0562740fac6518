import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { join } from 'node:path';
import { ROOT, type Exit } from './host.js';

export const COMMAND = join(ROOT, 'out/main/jackfield.js');

export type CommandOptions = {
  dataDir: string;
  env?: NodeJS.ProcessEnv;
  cwd?: string;
  /** Written to stdin, which is then closed. Without it stdin is closed at once. */
  input?: string;
};

export type Finished = Exit & { stdout: string; stderr: string };

/** The built command as a process of its own. */
export class Command {
  stdout = '';
  stderr = '';
  readonly exited: Promise<Exit>;
  readonly closed: Promise<void>;

  constructor(readonly child: ChildProcessWithoutNullStreams) {
    child.stdout.on('data', (data: Buffer) => (this.stdout += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.stderr += data.toString()));
    child.stdin.on('error', () => undefined);
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
    this.closed = new Promise((resolve) => child.once('close', () => resolve()));
  }

  static spawn(args: string[], { dataDir, env, cwd }: Omit<CommandOptions, 'input'>): Command {
    return new Command(
      spawn(process.execPath, [COMMAND, ...args], {
        ...(cwd !== undefined && { cwd }),
        env: { ...(env ?? process.env), JACKFIELD_DATA_DIR: dataDir },
        stdio: ['pipe', 'pipe', 'pipe'],
      }),
    );
  }

  /** Waits until stdout and stderr together hold a match. */
  async said(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.stdout) ?? pattern.exec(this.stderr);
      if (found) return found;
      const more = new Promise<void>((resolve) => {
        this.child.stdout.once('data', () => resolve());
        this.child.stderr.once('data', () => resolve());
      });
      const ended = await Promise.race([more.then(() => false), this.closed.then(() => true)]);
      if (ended && !pattern.test(this.stdout) && !pattern.test(this.stderr))
        throw new Error(`It ended without saying ${String(pattern)}: ${this.stdout}${this.stderr}`);
    }
  }
}

/** Runs it to its end. */
export async function jackfield(
  args: string[],
  { input = '', ...options }: CommandOptions,
): Promise<Finished> {
  const command = Command.spawn(args, options);
  command.child.stdin.end(input);
  const exit = await command.exited;
  await command.closed;
  return { ...exit, stdout: command.stdout, stderr: command.stderr };
}
