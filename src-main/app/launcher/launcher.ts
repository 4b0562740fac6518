import { join } from 'node:path';
import { AppError } from '../../contract/errors.js';
import type { RemoteTransport, StdioTransport } from '../../contract/index.js';
import { planLaunch, type LaunchPlan } from '../../runtime/launch/launch-plan.js';
import type { Confirmation } from '../../runtime/launch/package-confirmations.js';
import { becomeScript, fitsOwnProcess } from '../../runtime/wrapper/own-process.js';
import { asExitCode, wrapServer } from '../../runtime/wrapper/wrapped-server.js';
import type { HelperProcess } from '../../vault/vault.js';
import { readLaunchRecord, type LaunchRecord } from './launch-record.js';
import { assertAllowed } from './launch-consent.js';
import { launchEnvironment } from './launch-environment.js';

export type LauncherOptions = {
  dataDir: string;
  /** A server's name or id. */
  server: string;
  launchHelper: () => HelperProcess;
  env: NodeJS.ProcessEnv;
  /** Where a server without a folder of its own runs. */
  cwd: string;
  /** The command that ends what carries the mark it is given as its last argument. */
  endMarked: readonly string[];
};

/**
 * Becomes a server: reads it from the catalog, its secrets from the keychain, and runs it in this process's place. It
 * needs no running Jackfield, and a running one is no hindrance. Resolves with the exit code, after the server has ended;
 * with nothing where this very process is the server from then on: the caller then has nothing left to do.
 * @throws AppError where the server could not be started
 */
export async function becomeServer(options: LauncherOptions): Promise<number | undefined> {
  const record = await readLaunchRecord(options.dataDir, options.server);
  await assertAllowed(record, options.dataDir);
  const { transport, name } = record.server;
  switch (transport.type) {
    case 'stdio': {
      const plan = await planFor(transport, record, options);
      if (fitsOwnProcess(plan)) return void becomeScript(plan, options.endMarked);
      return asExitCode(await wrapServer(plan).catch((error: unknown) => notSpawned(plan, error)));
    }
    case 'inprocess':
      throw new AppError(
        'unsupported',
        `"${name}" runs inside the gateway it was adopted from; there is nothing to launch here.`,
        'Use it through that gateway.',
      );
    default:
      return bridge(transport, record, options);
  }
}

/** What a server that this process became has left behind. */
export async function endMarked(mark: string): Promise<void> {
  const processes = await import('../../runtime/process/marked-processes.js');
  await processes.endMarked(mark);
}

async function bridge(
  transport: RemoteTransport,
  { settings }: LaunchRecord,
  { launchHelper }: LauncherOptions,
): Promise<number> {
  const [{ bridgeToHttp }, { headersOf }] = await Promise.all([
    import('../../runtime/wrapper/http-bridge.js'),
    import('../../runtime/session/http-headers.js'),
  ]);
  const secrets = secretReader(launchHelper);
  const headers = await headersOf(transport, secrets.resolve).finally(secrets.dispose);
  return bridgeToHttp({ transport, headers, settings });
}

async function planFor(
  transport: StdioTransport,
  { settings }: LaunchRecord,
  { dataDir, env, cwd, launchHelper }: LauncherOptions,
): Promise<LaunchPlan> {
  const cacheDir = join(dataDir, 'cache');
  const secrets = secretReader(launchHelper);
  const ports = {
    ownEnvironment: env,
    resolve: secrets.resolve,
    settings: () => settings,
    cacheDir,
    confirmations: npxConfirmations(cacheDir),
    folder: cwd,
  };
  try {
    const environment = launchEnvironment(env, cacheDir);
    return await planLaunch(transport, { ...ports, environment: environment.quickly }).catch(
      async (error: unknown) => {
        if (!isNotFound(error)) throw error;
        // Perhaps it was installed a moment ago, or the shell's files were changed.
        return planLaunch(transport, { ...ports, environment: environment.thoroughly });
      },
    );
  } finally {
    await secrets.dispose();
  }
}

function isNotFound(error: unknown): boolean {
  return error instanceof AppError && error.issues.some(({ path }) => path === 'transport.command');
}

/** Loaded, and its helper started, by the first secret: most servers have none. */
function secretReader(launchHelper: () => HelperProcess) {
  const loading = async () => {
    const { SecretReader } = await import('../../vault/secret-reader.js');
    return new SecretReader({ launchHelper });
  };
  let reader: ReturnType<typeof loading> | undefined;
  return {
    resolve: async (value: string | { secret: string }): Promise<string> =>
      typeof value === 'string' ? value : (await (reader ??= loading())).resolve(value),
    dispose: async (): Promise<void> => void (await (await reader)?.dispose()),
  };
}

/** Of npx alone: a start of uvx that trusted its cache would have to be made again where that did not hold. */
function npxConfirmations(cacheDir: string) {
  return {
    of: async (key: string): Promise<Confirmation | undefined> => {
      if (!key.startsWith('npx ')) return undefined;
      const { PackageConfirmations } = await import('../../runtime/launch/package-confirmations.js');
      return new PackageConfirmations(cacheDir).of(key);
    },
  };
}

async function notSpawned(plan: LaunchPlan, error: unknown): Promise<never> {
  const { spawnFailed } = await import('../../runtime/start-failures.js');
  throw (await spawnFailed(error as NodeJS.ErrnoException, plan)).error;
}
