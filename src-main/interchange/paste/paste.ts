import type { Findings, Found } from '../import/found.js';
import { emptyMap } from '../plain.js';
import { nameOfCommand, readCommandLine } from './command-line.js';
import { findEntries } from './find-entries.js';
import { parseAnything } from './lenient.js';

const NOTHING =
  'Nothing in this text looks like an MCP server. Paste a command line, a URL, a package name, an install link, or a config file of any AI client.';

/** Understands whatever people copy: a config file, a snippet of one, a command line, a URL, a link, a package. */
export function readPasted(text: string, fileName?: string): Findings {
  const origin = fileName ? fileName.replace(/^.*[/\\]/, '').slice(0, 200) : 'pasted text';
  const trimmed = withoutFence(text.replace(/^\ufeff/, '').trim());
  if (trimmed === '') return { found: [], problems: ['There is no text to import from.'] };
  const foundAs = (name: string, entry: Found['entry']): Found => ({ name, entry, origin, trusted: false });
  const url = readUrl(trimmed);
  if (url) return { found: [foundAs(url.name, url.entry)], problems: [] };
  const parsed = parseAnything(trimmed, fileName);
  if (parsed.value !== undefined) {
    const found = findEntries(parsed.value, { origin, trusted: false, fallbackName: 'server' });
    return { found: found.map(withOwnName), problems: found.length > 0 ? [] : [NOTHING] };
  }
  const command = readCommandLine(trimmed);
  if (command) return { found: [foundAs(command.name, command.entry)], problems: [] };
  return { found: [], problems: [parsed.problem ? `This text is no ${parsed.problem}` : NOTHING] };
}

/** The inside of a Markdown code block, where the text is one. */
function withoutFence(text: string): string {
  return /^(?:```|~~~)[^\n]*\n([\s\S]*?)\n?(?:```|~~~)\s*$/.exec(text)?.[1]?.trim() ?? text;
}

function readUrl(text: string): { name: string; entry: Found['entry'] } | undefined {
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return undefined;
  return { name: nameOfUrl(text), entry: Object.assign(emptyMap(), { url: text }) };
}

/** `https://mcp.linear.app/sse` → `linear`. */
export function nameOfUrl(text: string): string {
  if (!URL.canParse(text)) return 'server';
  const { hostname } = new URL(text);
  if (/^[\d.]+$|^\[/.test(hostname) || hostname === 'localhost') return hostname.replace(/[[\]]/g, '');
  const labels = hostname.split('.').filter((label) => !/^(www|mcp|api|server)$/.test(label));
  return labels.length > 1 ? (labels.at(-2) ?? hostname) : (labels[0] ?? hostname);
}

/** A single entry has no name of its own; what it runs or reaches gives it one. */
function withOwnName(found: Found): Found {
  if (found.name !== 'server') return found;
  const { command, args, url } = found.entry;
  if (typeof url === 'string') return { ...found, name: nameOfUrl(url) };
  const words = [command, args].flat().filter((word) => typeof word === 'string');
  const [program, ...rest] = words;
  return program === undefined ? found : { ...found, name: nameOfCommand(program, rest) };
}
