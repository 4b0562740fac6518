import type { ExportForm, Server } from '../../contract/index.js';
import type { Dialect } from '../dialect/dialect.js';
import { readEntry } from '../dialect/read-entry.js';
import { launchedServer, throughLauncher, type Launcher } from '../export/launcher.js';
import type { PlainMap } from '../plain.js';
import { fieldsOfAnyEntry, fieldsOfServer, type FieldMap } from './fields.js';

/** The field of an entry that starts Jackfield's launcher, in the place of all that the launcher knows by itself. */
export const LAUNCHER_FIELD = 'launcher';

/** What a client is to be told of a server. */
export function localSide(
  server: Server,
  form: ExportForm,
  dialect: Dialect,
  launcher: Launcher | undefined,
): FieldMap {
  if (form === 'direct' || !launcher) return fieldsOfServer(server, dialect);
  return asLaunched(fieldsOfServer(throughLauncher(launcher, server), dialect));
}

/** What a client's entry says of it. */
export function clientSide(entry: PlainMap, server: Pick<Server, 'id'>, dialect: Dialect): FieldMap {
  const fields = fieldsOfAnyEntry(entry, dialect);
  return launchedBy(entry, dialect) === server.id ? asLaunched(fields) : fields;
}

/** The id or name of the server that an entry starts through Jackfield's launcher, where it does. */
export function launchedBy(entry: PlainMap, dialect: Dialect): string | undefined {
  try {
    return launchedServer(readEntry(entry, { dialect }).transport);
  } catch {
    return undefined;
  }
}

/** Command and arguments are one thing here, and how the server itself is reached is not the client's to know. */
function asLaunched(fields: FieldMap): FieldMap {
  const line = JSON.stringify([fields.get('transport.command'), fields.get('transport.args')]);
  const rest = [...fields].filter(([field]) => !/^transport\.(?:type|command|args)$/.test(field));
  return new Map([[LAUNCHER_FIELD, line], ...rest]);
}
