import { spawn, type ChildProcess } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { bundleForNode } from './bundle.js';
import type { Done, Told } from './electron-process.js';
import { ROOT } from './host.js';

/** A folder laid out as a package is: out/, and a node_modules with keytar and a stand-in for electron. */
export async function stageDesktop(out = join(ROOT, 'out')): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'jackfield-desktop-'));
  await cp(out, join(folder, 'out'), { recursive: true });
  await writeFile(join(folder, 'package.json'), '{"type":"module","main":"out/main/desktop.js"}');
  const electron = join(folder, 'node_modules/electron');
  await mkdir(electron, { recursive: true });
  await cp(await bundleForNode('test/support/electron-process.ts'), join(electron, 'index.js'));
  await writeFile(join(electron, 'package.json'), '{"name":"electron","type":"module","main":"index.js"}');
  await symlink(join(ROOT, 'node_modules/keytar'), join(folder, 'node_modules/keytar'));
  return folder;
}

type Event<E extends Told['event']> = Extract<Told, { event: E }>;

/** The built desktop host under plain Node; the test plays page and OS. */
export class Desktop {
  readonly told: Told[] = [];
  readonly exited: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  stderr = '';
  #listeners = new Set<() => void>();
  #nextId = 1;

  private constructor(
    readonly child: ChildProcess,
    readonly dataDir: string,
  ) {
    const { stdout, stderr } = child;
    if (stdout)
      createInterface({ input: stdout }).on('line', (line) => {
        this.told.push(JSON.parse(line) as Told);
        this.#listeners.forEach((listener) => listener());
      });
    stderr?.on('data', (data: Buffer) => (this.stderr += String(data)));
    this.exited = new Promise((resolve) => child.once('exit', (code, signal) => resolve({ code, signal })));
  }

  static start(folder: string, dataDir: string, env: NodeJS.ProcessEnv = {}, ...args: string[]): Desktop {
    const all = [join(folder, 'out/main/desktop.js'), ...args];
    // Electron puts the app's folder second; under plain Node that is where the script is.
    const child = spawn(process.execPath, all, {
      env: { ...process.env, JACKFIELD_DATA_DIR: dataDir, ...env },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    return new Desktop(child, dataDir);
  }

  do(done: Done): void {
    this.child.stdin?.write(`${JSON.stringify(done)}\n`);
  }

  /** The first thing told that fits; rejects when the process ends before. */
  async heard<E extends Told['event']>(
    event: E,
    fits: (told: Event<E>) => boolean = () => true,
  ): Promise<Event<E>> {
    const find = () =>
      this.told.find((told): told is Event<E> => told.event === event && fits(told as Event<E>));
    for (;;) {
      const found = find();
      if (found) return found;
      const ended = await Promise.race([
        new Promise<undefined>((resolve) => this.#listeners.add(() => resolve(undefined))),
        this.exited,
      ]);
      if (ended && !find()) throw new Error(`The desktop host ended (${ended.code}): ${this.stderr}`);
    }
  }

  /** What is told from now on, the first that fits. */
  next<E extends Told['event']>(event: E, fits: (told: Event<E>) => boolean = () => true): Promise<Event<E>> {
    const heardBefore = new Set<Told>(this.told);
    return this.heard(event, (told) => !heardBefore.has(told) && fits(told));
  }

  /** Asks as the page does. */
  async ask(
    method: string,
    params: unknown = {},
  ): Promise<{ result?: unknown; error?: { message: string } }> {
    const id = this.#nextId++;
    this.do({ do: 'send', message: { jsonrpc: '2.0', id, method, params } });
    const { message } = await this.heard('message', ({ message }) => (message as { id?: number }).id === id);
    return message as { result?: unknown };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.stdin?.end();
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill('SIGKILL');
    await this.exited;
    await rm(this.dataDir, { recursive: true, force: true, maxRetries: 5 });
  }
}
