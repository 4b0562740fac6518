import { z } from 'zod';
import type { Intent, IntentCommand } from '../../contract/index.js';

const MOST_LENGTH = 200_000;
const MOST_ID = 200;
const SCREENS: Readonly<Record<string, IntentCommand>> = {
  'patch-bay': 'go.patch-bay',
  remotes: 'go.remotes',
  import: 'go.import',
  activity: 'go.activity',
  settings: 'go.settings',
};

// Control characters could make one thing look like another on the screen that asks.
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^\P{Cc}*$/u);
const config = z.record(z.string(), z.unknown());
const installQuery = z.strictObject({ name: name.optional(), config: z.string().min(2).max(MOST_LENGTH) });

/**
 * What a `jackfield://` link asks for, or nothing where it is none that we know:
 * - `jackfield://open/settings` and the other screens
 * - `jackfield://server/<id>`
 * - `jackfield://install?name=<name>&config=<base64 of JSON>`: one server's settings, or `{ "mcpServers": … }`, as
 *   other clients' links carry it. It ends on the import screen, where the whole command is shown before anything is
 *   saved, and nothing is started.
 */
export function intentOfLink(link: string): Intent | undefined {
  if (link.length > MOST_LENGTH) return undefined;
  const url = parse(link);
  if (url?.protocol !== 'jackfield:' || url.username || url.password || url.port) return undefined;
  const [first, ...more] = url.pathname.split('/').filter((part) => part !== '');
  if (more.length > 0) return undefined;
  switch (url.host.toLowerCase()) {
    case 'open':
      return openScreen(first, url);
    case 'server':
      return openServer(first, url);
    case 'install':
      return first === undefined ? install(url.searchParams) : undefined;
    default:
      return undefined;
  }
}

function openScreen(screen: string | undefined, { search }: URL): Intent | undefined {
  const command = screen !== undefined && Object.hasOwn(SCREENS, screen) ? SCREENS[screen] : undefined;
  return command && search === '' ? { kind: 'command', command } : undefined;
}

function openServer(encoded: string | undefined, { search }: URL): Intent | undefined {
  if (encoded === undefined || encoded.length > MOST_ID || search !== '') return undefined;
  return /^[\w-]+$/.test(encoded) ? { kind: 'server', serverId: encoded } : undefined;
}

function install(query: URLSearchParams): Intent | undefined {
  // A repeated parameter could show one value and use another.
  if ([...query.keys()].length !== new Set(query.keys()).size) return undefined;
  const parsed = installQuery.safeParse(Object.fromEntries(query));
  if (!parsed.success) return undefined;
  const settings = config.safeParse(decodeJson(parsed.data.config));
  if (!settings.success) return undefined;
  const isFile = 'mcpServers' in settings.data;
  if (!isFile && parsed.data.name === undefined) return undefined;
  const file = isFile ? settings.data : { mcpServers: { [parsed.data.name ?? '']: settings.data } };
  return { kind: 'import', text: JSON.stringify(file, null, 2), fileName: 'install link' };
}

function decodeJson(base64: string): unknown {
  // `+` arrives as a space where the link's author did not encode it.
  const standard = base64.replaceAll(' ', '+').replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(standard)) return undefined;
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(standard, 'base64'));
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function parse(link: string): URL | undefined {
  try {
    return new URL(link);
  } catch {
    return undefined;
  }
}
