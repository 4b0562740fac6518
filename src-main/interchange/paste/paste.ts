import type { Findings, Found } from '../import/found.js';
import { emptyMap } from '../plain.js';
import { readCommands, type Commands } from './command-line.js';
import { findEntries } from './find-entries.js';
import { isInstallLink, readInstallLinks } from './install-links.js';
import { parseAnything } from './lenient.js';
import { nameOfUrl } from './names.js';
import { readPackageName } from './package-name.js';
import { bracedPiece, codeInSentences, fencedPieces, type Piece } from './pieces.js';
import { asTyped } from './shell-words.js';
import { tidied } from './tidy-entry.js';

const NOTHING =
  'Nothing in this text looks like an MCP server. It was read as a command line, a URL, a package name, an install link, and as a config file of any AI client in JSON, TOML or YAML.';
const A_PAGE =
  'This is the address of a page about a server, not of a server. Paste the command line or the configuration that stands on that page.';
const BROKEN_LINK =
  'This is a link that installs a server, but the configuration inside it cannot be read. Paste the command line or the configuration that stands beside the link.';
const EMPTY_CONFIG =
  'This is a configuration, but nothing in it describes an MCP server: no entry has a command or a URL.';
const REFUSALS: Record<NonNullable<Commands['refused']>, string> = {
  installs:
    'This command gets something ready and ends; it does not run a server. Paste the command that starts the server.',
  shell:
    'This line asks a shell for more than to start one program (such as | or >). Paste the command that starts the server alone, or put the line into a script and start that.',
};

/** Hosts whose addresses are read by people. */
const PAGES =
  /^https?:\/\/(?:www\.)?(?:github\.com|gitlab\.com|npmjs\.com|pypi\.org|smithery\.ai|glama\.ai|mcp\.so|hub\.docker\.com|docs\.github\.com|code\.visualstudio\.com|(?:cursor\.com|kiro\.dev)(?=\/docs)|modelcontextprotocol\.io(?=\/(?:docs|specification|clients)))\//i;
/** An address without its scheme: only where its host or its path speaks of MCP, or it has a port. */
const BARE_ADDRESS =
  /^(?:(?:localhost|\d{1,3}(?:\.\d{1,3}){3}):\d+|mcp\.[\w.-]+\.[a-z]{2,}(?::\d+)?|(?:[\w-]+\.)+[a-z]{2,}(?::\d+)?(?=\/(?:\S*\/)?(?:mcp|sse)(?:[/?]|$)))(?:[/?]\S*)?$/i;

/** Understands whatever people copy: a config file, a snippet of one, a command line, a URL, a link, a README. */
export function readPasted(text: string, fileName?: string): Findings {
  const origin = fileName ? fileName.replace(/^.*[/\\]/, '').slice(0, 200) : 'pasted text';
  const trimmed = unwrapped(unquoted(text.replace(/^\ufeff/, '').trim()));
  if (trimmed === '') return { found: [], problems: ['There is no text to import from.'] };
  const findings = readWhole({ text: trimmed, ...(fileName && { fileName }) }, origin);
  return { ...findings, found: findings.found.map(tidied) };
}

function readWhole(piece: Piece, origin: string): Findings {
  const { text } = piece;
  const line = readOneLine(text, origin);
  if (line) return line;
  const fenced = readPieces(fencedPieces(text), origin);
  if (fenced) return fenced;
  const config = readConfiguration(piece, origin);
  if (config.findings) return config.findings;
  const commands = readCommands(text);
  if (commands.entries.length > 0) return asCommands(commands, origin);
  const links = readInstallLinks(text, origin);
  if (links.length > 0) return { found: links, problems: [], as: 'install_link' };
  const braced = bracedPiece(text);
  const among = readPieces(braced ? [braced] : [], origin) ?? readPieces(codeInSentences(text), origin);
  if (among) return among;
  const installed = readInstalled(text, origin);
  if (installed) return installed;
  const why = config.problem ?? (commands.refused && REFUSALS[commands.refused]) ?? NOTHING;
  return { found: [], problems: [why] };
}

/** Links, addresses and packages: texts without a space that mean one server. */
function readOneLine(text: string, origin: string): Findings | undefined {
  if (/[\r\n]/.test(text)) return undefined;
  const links = /^\S+$/.test(text) ? readInstallLinks(text, origin) : [];
  if (links.length > 0) return { found: links, problems: [], as: 'install_link' };
  const packages = readPackageName(text, origin);
  if (packages) return { found: packages, problems: [], as: 'package' };
  if (BARE_ADDRESS.test(text)) {
    const isHere = /^(?:localhost|127\.|\d)/.test(text);
    const scheme = isHere ? 'http' : 'https';
    const warning = `${scheme}:// was put before the address.`;
    return asAddress(`${scheme}://${text}`, origin, [warning]);
  }
  if (!/^https?:\/\/\S+$/i.test(text) || !URL.canParse(text)) return undefined;
  if (isInstallLink(text)) return { found: [], problems: [BROKEN_LINK] };
  if (PAGES.test(text)) return { found: [], problems: [A_PAGE] };
  return asAddress(text, origin);
}

function asAddress(url: string, origin: string, warnings?: string[]): Findings {
  const entry = Object.assign(emptyMap(), { url });
  const found: Found = { name: nameOfUrl(url), entry, origin, trusted: false, ...(warnings && { warnings }) };
  return { found: [found], problems: [], as: 'address' };
}

function readConfiguration(
  { text, fileName }: Piece,
  origin: string,
): { findings?: Findings; problem?: string } {
  const parsed = parseAnything(text, fileName);
  if (parsed.value === undefined)
    return parsed.problem ? { problem: `This text is no ${parsed.problem}` } : {};
  const found = findEntries(parsed.value, { origin, fallbackName: 'server' });
  if (found.length > 0) return { findings: { found, problems: [], as: 'configuration' } };
  return /^[{[]/.test(text) ? { problem: EMPTY_CONFIG } : {};
}

function asCommands({ entries }: Commands, origin: string): Findings {
  const found = entries.map((entry): Found => ({ ...entry, origin, trusted: false }));
  return { found, problems: [], as: 'command_line' };
}

/**
 * The servers in parts of a text. A README shows one server for several clients and in several forms: what has a name
 * that was there before is another reading of the same.
 */
function readPieces(pieces: readonly Piece[], origin: string): Findings | undefined {
  const read = pieces.flatMap((piece): Findings[] => {
    if (piece.text === '') return [];
    const { findings } = readConfiguration(piece, origin);
    if (findings) return [findings];
    const commands = readCommands(piece.text, false);
    if (commands.entries.length > 0) return [asCommands(commands, origin)];
    // A block may begin with what to do with it.
    const braced = bracedPiece(piece.text);
    const within = braced && readConfiguration(braced, origin).findings;
    return within ? [within] : [];
  });
  const [first] = read;
  if (!first) return undefined;
  const texts = new Set<string>();
  const names = new Set<string>();
  const found = read.flatMap((findings) =>
    findings.found.map(tidied).flatMap((each): Found[] => {
      const text = JSON.stringify([each.name, each.entry]);
      if (texts.has(text)) return [];
      texts.add(text);
      const isAgain = names.has(each.name);
      names.add(each.name);
      return [isAgain ? { ...each, unlikely: true } : each];
    }),
  );
  return { found, problems: [], ...(first.as && { as: first.as }) };
}

/** A text that only tells how a package is installed: running it is what it is installed for. */
function readInstalled(text: string, origin: string): Findings | undefined {
  const lines = text.split(/\r?\n/, 1_000).map(asTyped);
  for (const line of lines) {
    const found = /\s/.test(line) ? readPackageName(line, origin) : undefined;
    if (found) return { found, problems: [], as: 'package' };
  }
  return undefined;
}

/** A block copied out of a quotation of Markdown's: each of its lines begins with `>`. */
function unquoted(text: string): string {
  return /^>[^\n]*(?:\n>[^\n]*)+$/.test(text) ? text.replace(/^> ?/gm, '').trim() : text;
}

/** The inside of a Markdown code block, of backticks, or of quotes around a whole line. */
function unwrapped(text: string): string {
  const block = /^(?:```|~~~)[^\n]*\n([\s\S]*?)\n?(?:```|~~~)\s*$/.exec(text)?.[1];
  if (block !== undefined && !/^(?:```|~~~)/m.test(block)) return block.trim();
  const line = /^(?:`([^`\n]+)`|"([^"\n]+)"|'([^'\n]+)')$/.exec(text);
  return (line?.[1] ?? line?.[2] ?? line?.[3] ?? text).trim();
}
