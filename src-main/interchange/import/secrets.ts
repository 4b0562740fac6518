import type { ServerInput, ValueInput } from '../../contract/index.js';
import { looksLikeSecret } from '../../contract/looks-like-secret.js';

type TransportInput = ServerInput['transport'];

const MASK = '••••';

/** The map of a transport that values live in, with the path to it. */
export function valuesOf(transport: TransportInput): { path: string; values: Record<string, ValueInput> } {
  if (transport.type === 'stdio') return { path: 'transport.env', values: transport.env ?? {} };
  if (transport.type === 'inprocess') return { path: 'transport', values: {} };
  return { path: 'transport.headers', values: transport.headers ?? {} };
}

/** Dotted paths of the plain values that look like secrets, or are said to be: `transport.env.GITHUB_TOKEN`. */
export function secretPathsOf(transport: TransportInput, said: readonly string[] = []): string[] {
  const { path, values } = valuesOf(transport);
  const isSecret = (name: string, value: string): boolean =>
    looksLikeSecret(name, value) || (value !== '' && said.includes(name));
  return Object.entries(values)
    .filter(([name, value]) => typeof value === 'string' && isSecret(name, value))
    .map(([name]) => `${path}.${name}`);
}

/** The transport with the values at `paths` turned into secrets to be kept. */
export function withSecrets(transport: TransportInput, paths: ReadonlySet<string>): TransportInput {
  if (transport.type === 'inprocess' || paths.size === 0) return transport;
  const { path, values } = valuesOf(transport);
  const next = Object.fromEntries(
    Object.entries(values).map(([name, value]): [string, ValueInput] => [
      name,
      typeof value === 'string' && value !== '' && paths.has(`${path}.${name}`)
        ? { newSecret: value }
        : value,
    ]),
  );
  return transport.type === 'stdio' ? { ...transport, env: next } : { ...transport, headers: next };
}

/** The flag or name that says what an argument is: `--api-key x`, `--api-key=x`, `-e API_KEY=x`, `Authorization: x`. */
function labelled(args: readonly string[], index: number): { label: string; lead: string; value: string } {
  const arg = args[index] ?? '';
  const [, label, separator, value] = /^([A-Za-z0-9_.-]+)(=|:\s*)(.+)$/s.exec(arg) ?? [];
  if (label !== undefined && value !== undefined && !(separator?.startsWith(':') && value.startsWith('//')))
    return { label, lead: label + separator, value };
  const flag = args[index - 1] ?? '';
  return { label: flag.startsWith('-') ? flag : '', lead: '', value: arg };
}

/** Indices of arguments that look like they hold a secret. */
export function secretArgs(args: readonly string[]): number[] {
  return args.flatMap((_, index) => {
    const { label, value } = labelled(args, index);
    return looksLikeSecret(label, value) ? [index] : [];
  });
}

function maskArg(args: readonly string[], index: number): string {
  return labelled(args, index).lead + MASK;
}

/** Names of a URL's query parameters that look like they hold a secret. */
export function secretParameters(url: string): string[] {
  if (!URL.canParse(url)) return [];
  return [...new URL(url).searchParams]
    .filter(([name, value]) => looksLikeSecret(name, value))
    .map(([name]) => name);
}

/** Whether a part of a URL's path looks like a secret: some services give out addresses that are their own key. */
function hasSecretPath(url: string): boolean {
  return URL.canParse(url) && secretSegments(url).length > 0;
}

const secretSegments = (url: string): string[] =>
  new URL(url).pathname.split('/').filter((segment) => looksLikeSecret('', segment));

/** The command line or URL as one line a person can be shown. */
export function summaryOf(transport: TransportInput): string {
  if (transport.type === 'inprocess') return 'inside a gateway';
  if (transport.type !== 'stdio') return maskUrl(transport.url);
  const args = transport.args ?? [];
  const hidden = new Set(secretArgs(args));
  const shown = args.map((arg, index) => (hidden.has(index) ? maskArg(args, index) : maskUrl(arg)));
  const line = [transport.command, ...shown].map(quoted).join(' ');
  return line.length > 2_000 ? `${line.slice(0, 2_000)}…` : line;
}

function quoted(text: string): string {
  return text === '' || /[\s"'\\]/.test(text) ? JSON.stringify(text) : text;
}

export function maskUrl(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text) || !URL.canParse(text)) return text;
  const names = secretParameters(text);
  const masked = names.reduce(
    (url, name) => url.replace(new RegExp(`([?&]${escaped(name)}=)[^&#]*`, 'g'), `$1${MASK}`),
    text,
  );
  const hidden = secretSegments(text).reduce((url, segment) => url.replace(segment, MASK), masked);
  return hidden.replace(/^([a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:)[^/?#\s@]+@/i, `$1${MASK}@`);
}

const escaped = (text: string): string => encodeURIComponent(text).replace(/[.*+?^${}()|[\]\\]/g, '\\$&');

/** What to tell about secrets that stand where no keychain entry can: in arguments and URLs. */
export function misplacedSecrets(transport: TransportInput): string[] {
  if (transport.type === 'inprocess') return [];
  if (transport.type !== 'stdio')
    return [
      ...secretParameters(transport.url).map(
        (name) =>
          `The parameter "${name.slice(0, 60)}" of its URL looks like a secret. A URL is kept in plain text: use a header if the server takes one.`,
      ),
      ...(hasSecretPath(transport.url)
        ? [
            'A part of its URL looks like a secret. A URL is kept in plain text: whoever has it has what it leads to.',
          ]
        : []),
    ];
  const places = secretArgs(transport.args ?? []).map((index) => index + 1);
  if (places.length === 0) return [];
  return [
    `Argument ${places.join(', ')} looks like a secret. Arguments are kept in plain text and other programs can see them: use an environment variable if the server reads one.`,
  ];
}
