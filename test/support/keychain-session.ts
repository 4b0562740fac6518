import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

// No service folders: nothing is started by the bus itself, so a keyring that is gone stays gone.
const busConfig = (socket: string): string => `<!DOCTYPE busconfig PUBLIC
  "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
  "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:path=${socket}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
`;

const PASSWORD = 'only for tests';

/**
 * A D-Bus session and a gnome-keyring of its own in a throw-away folder, so that nothing of the machine's own keyring
 * is seen or changed. Linux only.
 */
export class KeychainSession {
  #keyring: ChildProcess | undefined;

  private constructor(
    private readonly folder: string,
    private readonly bus: ChildProcess,
    /** For child processes that are to find this keychain. */
    readonly env: NodeJS.ProcessEnv,
  ) {}

  /** Starts the bus and, unless told otherwise, an unlocked keyring. */
  static async start({ keyring = true } = {}): Promise<KeychainSession> {
    const folder = await mkdtemp(join(tmpdir(), 'jf-keys-'));
    const runtime = join(folder, 'run');
    await mkdir(runtime, { mode: 0o700 });
    await mkdir(join(folder, 'data'));
    const config = join(folder, 'bus.conf');
    const socket = join(folder, 'bus');
    await writeFile(config, busConfig(socket));
    const bus = spawn('dbus-daemon', [`--config-file=${config}`, '--nofork', '--print-address=1'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    await firstOutput(bus);
    const env: NodeJS.ProcessEnv = {
      ...process.env,
      HOME: folder,
      XDG_DATA_HOME: join(folder, 'data'),
      XDG_RUNTIME_DIR: runtime,
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${socket}`,
    };
    delete env['GNOME_KEYRING_CONTROL'];
    const session = new KeychainSession(folder, bus, env);
    if (keyring) await session.unlock();
    return session;
  }

  /** (Re)starts the keyring so that it is open. The first time this makes it. */
  async unlock(): Promise<void> {
    await this.#restart(['--unlock'], PASSWORD);
  }

  /** Restarts the keyring so that it is closed. What was put into it is still there. */
  async lock(): Promise<void> {
    await this.#restart([], '');
  }

  /** Ends the keyring at once, as a crash would. */
  async killKeyring(): Promise<void> {
    await end(this.#keyring);
    this.#keyring = undefined;
  }

  /** Makes the keyring take calls and never answer them, as it does while a prompt waits. */
  freezeKeyring(): void {
    this.#keyring?.kill('SIGSTOP');
  }

  thawKeyring(): void {
    this.#keyring?.kill('SIGCONT');
  }

  /** Accounts of the service, read past the app: what a person would see in the keyring's own window. */
  async accounts(service = 'Jackfield'): Promise<string[]> {
    const paths = await this.#call(
      '/org/freedesktop/secrets/collection/login',
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Items',
    );
    const found: string[] = [];
    for (const [, path] of paths.matchAll(/object path "([^"]+)"/g)) {
      const attributes = await this.#call(
        path as string,
        'org.freedesktop.DBus.Properties.Get',
        'string:org.freedesktop.Secret.Item',
        'string:Attributes',
      );
      const pairs = Object.fromEntries(
        [...attributes.matchAll(/string "([^"]*)"\s+string "([^"]*)"/g)].map(([, key, value]) => [
          key,
          value,
        ]),
      ) as Record<string, string>;
      if (pairs['service'] === service) found.push(pairs['account'] ?? '');
    }
    return found.sort();
  }

  /** How many entries of the service there are. */
  async count(service = 'Jackfield'): Promise<number> {
    const answer = await this.#call(
      '/org/freedesktop/secrets',
      'org.freedesktop.Secret.Service.SearchItems',
      `dict:string:string:service,${service}`,
    );
    return [...answer.matchAll(/object path/g)].length;
  }

  async stop(): Promise<void> {
    await this.killKeyring();
    await end(this.bus);
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5 });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  async #restart(args: string[], password: string): Promise<void> {
    await this.killKeyring();
    const keyring = spawn('gnome-keyring-daemon', ['--foreground', '--components=secrets', ...args], {
      env: this.env,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    keyring.stdin.end(password);
    this.#keyring = keyring;
    const unlocked = args.length > 0;
    for (const deadline = Date.now() + 15_000; ;) {
      const locked = await this.#isLocked();
      if (locked === !unlocked) return;
      if (keyring.exitCode !== null) throw new Error(`gnome-keyring-daemon ended with ${keyring.exitCode}`);
      if (Date.now() > deadline) throw new Error('gnome-keyring-daemon did not come up within 15 s');
      await wait(10);
    }
  }

  async #isLocked(): Promise<boolean | undefined> {
    const answer = await this.#call(
      '/org/freedesktop/secrets/collection/login',
      'org.freedesktop.DBus.Properties.Get',
      'string:org.freedesktop.Secret.Collection',
      'string:Locked',
    ).catch(() => '');
    return /boolean (true|false)/.exec(answer)?.[1] === undefined
      ? undefined
      : answer.includes('boolean true');
  }

  #call(path: string, method: string, ...args: string[]): Promise<string> {
    const all = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', path, method, ...args];
    return new Promise((resolve, reject) =>
      execFile('dbus-send', all, { env: this.env, timeout: 10_000 }, (error, stdout) =>
        error ? reject(error) : resolve(stdout),
      ),
    );
  }
}

async function firstOutput(child: ChildProcess): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`dbus-daemon ended with ${code}`)));
    child.stdout?.once('data', () => resolve());
  });
}

async function end(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const exited = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await exited;
}
