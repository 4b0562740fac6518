import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { homedir } from 'node:os';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import open from 'open';
import packageJson from '../../../package.json' with { type: 'json' };
import { App, CatalogLockedError, launchNodeHelper } from '../../app.js';
import type { BaseEnvironment } from '../../app/early-environment.js';
import { defaultDataFolder } from '../../platform/data-folder.js';
import { watchForFaults } from '../faults.js';
import { programsIn } from '../programs.js';
import { offerLocalSocket } from '../socket/local-socket.js';
import { Access } from './access.js';
import { systemClipboard } from './clipboard.js';
import { ConsentDesk } from './consent-desk.js';
import { OptionsError, parseOptions, type HostOptions } from './options.js';
import { createPages } from './pages.js';
import { attachWire } from './wire.js';

const DEFAULT_PORT = 4555;
const EXIT_UNUSABLE = 2;
const EXIT_LOCKED = 3;
/** INTERFACE §1 promises an end within 10 s; what is not done by then is not going to be. */
const STOP_LIMIT_MS = 9_500;

const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** Where a built file lies, seen from the entry. */
type Out = (path: string) => string;

/** The browser host: the same app over loopback HTTP and WebSocket. */
async function main(out: Out, environment: BaseEnvironment, started: () => void): Promise<void> {
  const options = parseOptions(process.argv.slice(2), process.env);
  const dataDir = resolve(
    options.dataDir ?? defaultDataFolder({ platform: process.platform, env: process.env, home: homedir() }),
  );
  const desk = new ConsentDesk();
  const opening = App.open({
    host: 'browser',
    version: packageJson.version,
    dataDir,
    programs: programsIn(out),
    launcher: [process.execPath, out('./jackfield.js')],
    clipboard: systemClipboard(),
    environment,
    askPerson: (request) => desk.ask(request),
    launchHelper: () => launchNodeHelper(out('./keychain-helper.js')),
    onFault: (what, error) => say(`Fault in ${what}: ${error}`),
  });
  // Listened for before the app is open: a stop that comes in the middle of opening waits for it and then closes it.
  const stop = new Stop(opening);
  // Not `once`: Ctrl+C in a terminal reaches npm and this process, and npm passes its own on as a second one.
  process.on('SIGTERM', () => void stop.now(0));
  process.on('SIGINT', () => void stop.now(0));
  // A closed terminal is a stop like any other.
  process.on('SIGHUP', () => void stop.now(0));
  watchForFaults(opening, () => void stop.now(1), say);
  const app = await opening;
  void app.started().then(started);
  try {
    stop.before(() => desk.close());
    await serve(app, { options, dataDir, page: out('../renderer') }, stop);
  } catch (error) {
    await app.close();
    throw error;
  }
}

async function serve(
  app: App,
  { options, dataDir, page }: { options: HostOptions; dataDir: string; page: string },
  stop: Stop,
): Promise<void> {
  const access = await Access.open(dataDir);
  const server = createServer();
  let bound = 0;
  // Not asked of the server each time: while it ends it has none any more, and still answers on open connections.
  const port = (): number => bound;
  server.once('listening', () => (bound = (server.address() as AddressInfo).port));
  server.on('request', createPages(page, port));
  const wire = attachWire(server, app, access, port);
  stop.before(() => {
    wire.close();
    server.close();
    server.closeIdleConnections();
  });
  await listen(server, options.port);
  stop.before(await offerLocalSocket(app, dataDir, say));
  if (stop.isUnderWay) return;
  const url = `http://127.0.0.1:${port()}/#token=${access.token}`;
  const ready = { url, rpc: `ws://127.0.0.1:${port()}/rpc`, token: access.token, dataDir, pid: process.pid };
  process.stdout.write(options.json ? `${JSON.stringify(ready)}\n` : `Jackfield is ready: ${url}\n`);
  if (options.open)
    await open(url).catch(() => say('No browser could be opened; open the address yourself.'));
}

/** A port the person named must be that one; the default gives way to any free one. */
async function listen(server: Server, port: number | undefined): Promise<void> {
  const bind = (wanted: number): Promise<void> =>
    new Promise((done, failed) => {
      server.once('error', failed);
      server.listen(wanted, '127.0.0.1', () => {
        server.off('error', failed);
        done();
      });
    });
  try {
    await bind(port ?? DEFAULT_PORT);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    if (port !== undefined)
      throw new OptionsError(
        `--port ${port} cannot be used (${code}). Choose another, or 0 for any free one.`,
      );
    say(`Port ${DEFAULT_PORT} is taken; using a free one.`);
    await bind(0);
  }
}

/** The one way out: whatever asks for it, children are ended, writes are on disk, then the process exits. */
class Stop {
  #steps: (() => void)[] = [];
  isUnderWay = false;

  constructor(private readonly opening: Promise<App>) {}

  before(step: () => void): void {
    this.#steps.push(step);
  }

  async now(code: number): Promise<void> {
    if (this.isUnderWay) return;
    this.isUnderWay = true;
    setTimeout(() => process.exit(code || 1), STOP_LIMIT_MS).unref();
    for (const step of this.#steps) step();
    try {
      const app = await this.opening;
      await app.close();
      process.exit(code);
    } catch (error) {
      say(`Stopping did not go well: ${String(error)}`);
      process.exit(1);
    }
  }
}

/**
 * Runs the host to its end. `entry` is the URL of the built file it was started by; others lie beside it.
 * `environment`: asked already, before all this was loaded. `started` is told when what starts by itself has started.
 */
export function runBrowserHost(entry: string, environment: BaseEnvironment, started: () => void): void {
  main((path) => fileURLToPath(new URL(path, entry)), environment, started).catch((error: unknown) => {
    if (error instanceof OptionsError) {
      say(error.message);
      process.exit(EXIT_UNUSABLE);
    }
    if (error instanceof CatalogLockedError) {
      say(
        `Another Jackfield (pid ${error.pid}) uses this data folder. Stop it, or choose another with --data-dir.`,
      );
      process.exit(EXIT_LOCKED);
    }
    say(`Jackfield could not start: ${error instanceof Error ? error.message : String(error)}`);
    process.exit(1);
  });
}
