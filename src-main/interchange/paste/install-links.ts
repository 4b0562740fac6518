import type { Found } from '../import/found.js';
import { emptyMap, isMap, toPlain, type Plain } from '../plain.js';
import { anybody } from './anybody.js';
import { findEntries } from './find-entries.js';

/** A link as it stands in a text: in Markdown's brackets, in quotes, alone. */
const LINK =
  /(?:cursor|vscode|vscode-insiders|lmstudio|cherrystudio|goose|kiro|jackfield):[^\s"'<>\])]+|https:\/\/[^\s"'<>\])]+/g;
const MOST_LINKS = 1_000;

/** An install link by its address, whether or not what it carries can be read. */
export const isInstallLink = (link: string): boolean =>
  /^https:\/\/[^?#]*\/(?:install-mcp|mcp\/install|mcp\/add)\?(?:.*&)?config=/i.test(link);

/**
 * The servers behind "install" links and buttons, which have become a format to share servers in:
 * - Cursor `cursor://anysphere.cursor-deeplink/mcp/install?name=&config=<base64>`, https://cursor.com/install-mcp?…
 * - VS Code `vscode:mcp/install?<json>`, https://insiders.vscode.dev/redirect/mcp/install?name=&config=<json>
 * - LM Studio `lmstudio://add_mcp?name=&config=<base64>`, https://lmstudio.ai/install-mcp?…
 * - Cherry Studio `cherrystudio://mcp/install?servers=<base64>`
 * - Goose `goose://extension?cmd=&arg=&arg=&name=`
 * - our own `jackfield://install?name=&config=<base64>`
 * - Kiro https://kiro.dev/launch/mcp/add?name=&config=<json>
 */
export function readInstallLinks(text: string, origin: string): Found[] {
  const links = [...new Set(text.match(LINK) ?? [])].slice(0, MOST_LINKS);
  const found = links.flatMap((link) => readLink(link.replaceAll('&amp;', '&'), origin));
  // READMEs offer one server to several clients.
  const seen = new Set<string>();
  return found.filter(({ name, entry }) => {
    const key = JSON.stringify([name, entry]);
    return !seen.has(key) && seen.add(key);
  });
}

function readLink(link: string, origin: string): Found[] {
  if (!URL.canParse(link)) return [];
  const url = new URL(link);
  if (url.protocol === 'goose:') return readGoose(url, origin);
  // The editor's own link may be wrapped in a page that leads to it.
  const inner = url.searchParams.get('url');
  if (inner && /^(?:vscode|vscode-insiders|cursor):/.test(inner)) return readLink(inner, origin);
  const isVsCode = /^vscode(-insiders)?:$/.test(url.protocol);
  const payload =
    isVsCode && url.search.length > 1 && !url.searchParams.has('config') ? url.search.slice(1) : undefined;
  const config = payload ?? url.searchParams.get('config') ?? url.searchParams.get('servers');
  const value = config === null ? undefined : decodeJson(config);
  if (value === undefined) return [];
  const name =
    url.searchParams.get('name') ??
    (isMap(value) && typeof value['name'] === 'string' ? value['name'] : 'server');
  return findEntries(value, { origin, fallbackName: name });
}

/** JSON as it is, percent-encoded, in base64 of either alphabet, or percent-encoded within base64. */
function decodeJson(text: string): Plain | undefined {
  const base64 = text.replaceAll(' ', '+').replaceAll('-', '+').replaceAll('_', '/');
  const inside = () => Buffer.from(decodeURIComponent(base64), 'base64').toString('utf8');
  const readings = [() => text, () => decodeURIComponent(text), inside, () => decodeURIComponent(inside())];
  for (const reading of readings) {
    try {
      const value = toPlain(JSON.parse(reading()));
      if (typeof value === 'object' && value !== null) return value;
    } catch {
      // The next reading may be the one.
    }
  }
  return undefined;
}

/** https://block.github.io/goose/docs/getting-started/using-extensions#deeplinks */
function readGoose(url: URL, origin: string): Found[] {
  const { searchParams: params } = url;
  const entry = emptyMap();
  const warnings: string[] = [];
  const cmd = params.get('cmd');
  const address = params.get('url');
  if (cmd) {
    const env = emptyMap();
    for (const variable of params.getAll('env')) {
      const [name = '', ...description] = variable.split('=');
      env[name] = '';
      warnings.push(
        `${name.slice(0, 60)} needs a value${description.length > 0 ? `: ${description.join('=').slice(0, 200)}` : ''}.`,
      );
    }
    Object.assign(entry, { command: cmd, args: params.getAll('arg'), env });
  } else if (address) {
    const headers = emptyMap();
    for (const header of params.getAll('header')) {
      const [name = '', ...value] = header.split('=');
      headers[name] = value.join('=');
    }
    Object.assign(entry, { url: address, headers, type: params.get('type') ?? 'streamable_http' });
  } else return [];
  const description = params.get('description');
  if (description) entry['description'] = description;
  const name = params.get('name') ?? params.get('id') ?? 'server';
  return [{ name, entry, origin, trusted: false, dialect: anybody, warnings }];
}
