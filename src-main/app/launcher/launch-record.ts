import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CatalogFile, Server, Settings } from '../../contract/index.js';
import { AppError } from '../../contract/errors.js';
import { SCHEMA_VERSION } from '../../contract/schema-version.js';
import { findServer } from './find-server.js';

/** What a launch needs of the catalog. */
export type LaunchRecord = { server: Server; settings: Settings; salt: string };

/**
 * Reads one server out of `catalog.json`, which another process may be working on: it is replaced whole, so whatever
 * is read is whole. Nothing is written.
 * @throws AppError `not_found` for an unknown server, `io` for a catalog that cannot be read
 */
export async function readLaunchRecord(dataDir: string, word: string): Promise<LaunchRecord> {
  const bytes = await readFile(join(dataDir, 'catalog.json')).catch((error: NodeJS.ErrnoException) => {
    throw unreadable(dataDir, error);
  });
  const catalog = quickly(bytes, word) ?? (await carefully(bytes, dataDir));
  const { settings, salt } = catalog;
  return { server: findServer(catalog.servers, word), settings, salt };
}

type Readable = Pick<CatalogFile, 'servers' | 'settings' | 'salt'>;

/**
 * The schemas take longer to load than all the rest of a launch. A catalog of this version was written by this program
 * from parsed records; what a launch uses of it is looked at here, and whatever is not as it should be goes the long way.
 */
function quickly(bytes: Buffer, word: string): Readable | undefined {
  try {
    const raw = JSON.parse(bytes.toString('utf8')) as CatalogFile;
    if (raw.schemaVersion !== SCHEMA_VERSION || !isMap(raw.settings) || !isText(raw.salt)) return undefined;
    return isSound(findServer(raw.servers, word)) ? raw : undefined;
  } catch {
    return undefined;
  }
}

/** @throws AppError `io` for what is no catalog of this or an earlier version */
async function carefully(bytes: Buffer, dataDir: string): Promise<Readable> {
  const { readCatalog } = await import('../../catalog/read-catalog.js');
  const reading = readCatalog(bytes);
  if (reading.kind !== 'unreadable') return reading.file;
  throw new AppError(
    'io',
    `The catalog in ${dataDir} cannot be read: ${reading.reason}.`,
    reading.newer
      ? 'Use the jackfield command of that later version.'
      : 'Open Jackfield: it sets the file aside and offers its last backup.',
  );
}

function unreadable(dataDir: string, { code }: NodeJS.ErrnoException): AppError {
  if (code === 'ENOENT')
    return new AppError(
      'not_found',
      `There is no Jackfield catalog in ${dataDir}.`,
      'Name the right data folder with --data-dir, or start Jackfield once.',
    );
  return new AppError(
    'io',
    `The catalog in ${dataDir} cannot be read (${code ?? 'unknown fault'}).`,
    'Check that the folder and its files belong to you.',
  );
}

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value: unknown): value is string => typeof value === 'string';
const isValue = (value: unknown): boolean => isText(value) || (isMap(value) && isText(value['secret']));
const isOptional = (value: unknown): boolean => value === undefined || isText(value);

/** Only what is launched most is known here. */
function isSound({ transport }: Server): boolean {
  return (
    isMap(transport) &&
    transport.type === 'stdio' &&
    isText(transport.command) &&
    Array.isArray(transport.args) &&
    transport.args.every(isText) &&
    isMap(transport.env) &&
    Object.values(transport.env).every(isValue) &&
    isOptional(transport.cwd) &&
    isOptional(transport.envFile)
  );
}
