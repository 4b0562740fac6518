import type { Findings, Found } from '../import/found.js';
import { emptyMap } from '../plain.js';
import { nameOfCommand, readCommandLine } from './command-line.js';
import { findEntries } from './find-entries.js';
import { readInstallLinks } from './install-links.js';
import { parseAnything } from './lenient.js';
import { readPackageName } from './package-name.js';

const NOTHING =
  'Nothing in this text looks like an MCP server. Paste a command line, a URL, a package name, an install link, or a config file of any AI client.';
const A_PAGE =
  'This is the address of a page about a server, not of a server. Paste the command line or the configuration that stands on that page.';

/** Hosts whose addresses are read by people. */
const PAGES =
  /^https?:\/\/(?:www\.)?(?:github\.com|gitlab\.com|npmjs\.com|pypi\.org|smithery\.ai|glama\.ai|mcp\.so)\//i;

/** Understands whatever people copy: a config file, a snippet of one, a command line, a URL, a link, a package. */
export function readPasted(text: string, fileName?: string): Findings {
  const origin = fileName ? fileName.replace(/^.*[/\\]/, '').slice(0, 200) : 'pasted text';
  const trimmed = withoutFence(text.replace(/^\ufeff/, '').trim());
  if (trimmed === '') return { found: [], problems: ['There is no text to import from.'] };
  const found = readOneLine(trimmed, origin);
  if (found) return found;
  const parsed = parseAnything(trimmed, fileName);
  if (parsed.value !== undefined) {
    const entries = findEntries(parsed.value, { origin, fallbackName: 'server' });
    if (entries.length > 0) return { found: entries.map(withOwnName), problems: [], as: 'configuration' };
  }
  const loose = readLoose(trimmed, origin);
  if (loose.found.length > 0) return loose;
  return { found: [], problems: [parsed.problem ? `This text is no ${parsed.problem}` : NOTHING] };
}

/** Links, addresses and packages: texts without a space that mean one server. */
function readOneLine(text: string, origin: string): Findings | undefined {
  if (/[\r\n]/.test(text)) return undefined;
  const links = /^\S+$/.test(text) ? readInstallLinks(text, origin) : [];
  if (links.length > 0) return { found: links, problems: [], as: 'install_link' };
  const packages = readPackageName(text, origin);
  if (packages) return { found: packages, problems: [], as: 'package' };
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return undefined;
  if (PAGES.test(text)) return { found: [], problems: [A_PAGE] };
  const entry = Object.assign(emptyMap(), { url: text });
  return {
    found: [{ name: nameOfUrl(text), entry, origin, trusted: false }],
    problems: [],
    as: 'address',
  };
}

/** What stands in running text: a command line, several of them, or links among words. */
function readLoose(text: string, origin: string): Findings {
  const whole = readCommandLine(text);
  const lines = whole ? [whole] : text.split(/\r?\n/).slice(0, 10_000).map(readCommandLine);
  const commands = lines.flatMap((line): Found[] => (line ? [{ ...line, origin, trusted: false }] : []));
  if (commands.length > 0) return { found: commands, problems: [], as: 'command_line' };
  return { found: readInstallLinks(text, origin), problems: [], as: 'install_link' };
}

/** The inside of a Markdown code block, where the text is one. */
function withoutFence(text: string): string {
  return /^(?:```|~~~)[^\n]*\n([\s\S]*?)\n?(?:```|~~~)\s*$/.exec(text)?.[1]?.trim() ?? text;
}

/** `https://mcp.linear.app/sse` → `linear`. */
function nameOfUrl(text: string): string {
  if (!URL.canParse(text)) return 'server';
  const { hostname } = new URL(text);
  if (/^[\d.]+$|^\[/.test(hostname) || hostname === 'localhost') return hostname.replace(/[[\]]/g, '');
  const labels = hostname.split('.').filter((label) => !/^(www|mcp|api|server)$/.test(label));
  return labels.length > 1 ? (labels.at(-2) ?? hostname) : (labels[0] ?? hostname);
}

/** A single entry has no name of its own; what it runs or reaches gives it one. */
function withOwnName(found: Found): Found {
  if (found.name !== 'server') return found;
  const { command, cmd, args, url } = found.entry;
  if (typeof url === 'string') return { ...found, name: nameOfUrl(url) };
  const [program, ...rest] = [command ?? cmd, args].flat().filter((word) => typeof word === 'string');
  return program === undefined ? found : { ...found, name: nameOfCommand(program, rest) };
}
