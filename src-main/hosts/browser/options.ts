import { parseArgs } from 'node:util';

export type HostOptions = {
  /** `undefined`: the default port, or any free one where that is taken. */
  port: number | undefined;
  dataDir: string | undefined;
  open: boolean;
  json: boolean;
};

/** Options that cannot be used: the host ends with exit code 2 and this one line. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError';
}

const USAGE = 'Options: --port N, --data-dir DIR, --no-open, --json.';

/** Parses the options of INTERFACE §1. @throws OptionsError with one line that names the option */
export function parseOptions(argv: readonly string[], env: NodeJS.ProcessEnv): HostOptions {
  const values = parseStrictly(argv);
  const dataDir = values['data-dir'] ?? env['JACKFIELD_DATA_DIR'];
  if (dataDir !== undefined && dataDir.trim() === '')
    throw new OptionsError(`--data-dir must name a folder. ${USAGE}`);
  return {
    port: parsePort(values.port),
    dataDir,
    open: !values['no-open'],
    json: values.json ?? false,
  };
}

function parseStrictly(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      strict: true,
      allowPositionals: false,
      options: {
        // Accepted and without effect here: it is what chose this host.
        browser: { type: 'boolean' },
        port: { type: 'string' },
        'data-dir': { type: 'string' },
        'no-open': { type: 'boolean' },
        json: { type: 'boolean' },
      },
    }).values;
  } catch (error) {
    const line = error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error);
    throw new OptionsError(`${line} ${USAGE}`);
  }
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (!(port <= 65_535))
    throw new OptionsError(`--port must be a number from 0 to 65535, not "${text}". ${USAGE}`);
  return port;
}
