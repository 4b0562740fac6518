/**
 * One block of an MCP result, read out of what a server sent. Nothing of it is trusted: text stays text, a link is
 * only ever offered, and what is not understood is shown as the JSON it is.
 */
export type Block =
  | { kind: 'text'; text: string; mimeType?: string; uri?: string }
  | { kind: 'image' | 'audio' | 'binary'; mimeType: string; base64: string; uri?: string }
  | { kind: 'link'; uri: string; name: string; description?: string; mimeType?: string }
  | { kind: 'unknown'; value: unknown };

type Json = Record<string, unknown>;
const isMap = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

/** The kinds of picture a browser draws; SVG is inert within `<img>`. */
const IMAGE = /^image\/(png|jpe?g|gif|webp|avif|bmp|svg\+xml|x-icon|vnd\.microsoft\.icon)$/i;
const AUDIO = /^audio\/[\w.+-]+$/i;
const BASE64 = /^[A-Za-z0-9+/_\s-]*={0,2}\s*$/;

/** Types whose bytes are text, and are shown as such. */
const TEXT = /^(text\/[\w.+-]+|application\/([\w.-]+\+)?(json|xml|yaml|toml|javascript))$/i;

/** The text that bytes hold; undefined where they are no UTF-8, or hold a NUL, which no text does. */
function textOfBytes(base64: string): string | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytesOf(base64));
    return text.includes('\0') ? undefined : text;
  } catch {
    return undefined;
  }
}

function binary(base64: string, type: string | undefined, uri?: string): Block {
  const mimeType = type && /^[\w.+-]+\/[\w.+-]+$/.test(type) ? type : 'application/octet-stream';
  if (!BASE64.test(base64)) return { kind: 'unknown', value: { mimeType, blob: base64 } };
  const decoded = TEXT.test(mimeType) ? textOfBytes(base64) : undefined;
  if (decoded !== undefined)
    return { kind: 'text', text: decoded, mimeType, ...(uri !== undefined && { uri }) };
  const kind = IMAGE.test(mimeType) ? 'image' : AUDIO.test(mimeType) ? 'audio' : 'binary';
  return { kind, mimeType, base64, ...(uri !== undefined && { uri }) };
}

/** The contents of a resource, as `resources/read` answers them and as tools embed them. */
export function resourceBlock(resource: unknown): Block {
  if (!isMap(resource)) return { kind: 'unknown', value: resource };
  const uri = text(resource['uri']);
  const mimeType = text(resource['mimeType']);
  const [plain, blob] = [text(resource['text']), text(resource['blob'])];
  if (plain !== undefined)
    return {
      kind: 'text',
      text: plain,
      ...(mimeType !== undefined && { mimeType }),
      ...(uri !== undefined && { uri }),
    };
  return blob === undefined ? { kind: 'unknown', value: resource } : binary(blob, mimeType, uri);
}

/** One entry of `content` in a tool's result or a prompt's message. */
export function contentBlock(value: unknown): Block {
  if (!isMap(value)) return { kind: 'unknown', value };
  switch (value['type']) {
    case 'text':
      return text(value['text']) === undefined
        ? { kind: 'unknown', value }
        : { kind: 'text', text: value['text'] as string };
    case 'image':
    case 'audio':
      return typeof value['data'] === 'string'
        ? binary(value['data'], text(value['mimeType']))
        : { kind: 'unknown', value };
    case 'resource':
      return resourceBlock(value['resource']);
    case 'resource_link': {
      const uri = text(value['uri']);
      if (uri === undefined) return { kind: 'unknown', value };
      const description = text(value['description']);
      const mimeType = text(value['mimeType']);
      return {
        kind: 'link',
        uri,
        name: text(value['title']) ?? text(value['name']) ?? uri,
        ...(description !== undefined && { description }),
        ...(mimeType !== undefined && { mimeType }),
      };
    }
    default:
      return { kind: 'unknown', value };
  }
}

/** The bytes of base64 in either alphabet, with or without line breaks. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const plain = base64.replace(/\s/g, '').replaceAll('-', '+').replaceAll('_', '/');
  return Uint8Array.from(atob(plain), (char) => char.charCodeAt(0));
}

/** The address where it may be opened in a browser (http or https), else undefined: then it is only text. */
export function openable(uri: string): string | undefined {
  try {
    const url = new URL(uri);
    return url.protocol === 'http:' || url.protocol === 'https:' ? url.href : undefined;
  } catch {
    return undefined;
  }
}

/** What a text holds as JSON, where it is an object or a list; a lone number or word stays text. */
export function jsonIn(content: string): Json | unknown[] | undefined {
  const start = content.trimStart()[0];
  if (start !== '{' && start !== '[') return undefined;
  try {
    const value: unknown = JSON.parse(content);
    return isMap(value) || Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export type TableView = { columns: string[]; rows: Json[] };
const MOST_COLUMNS = 24;

/** A list of objects whose values are mostly plain is a table; undefined where it is none. */
export function tableIn(value: unknown): TableView | undefined {
  const list = isMap(value) && Object.keys(value).length === 1 ? Object.values(value)[0] : value;
  if (!Array.isArray(list) || list.length === 0 || !list.every(isMap)) return undefined;
  const rows = list as Json[];
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  if (columns.length === 0 || columns.length > MOST_COLUMNS) return undefined;
  const cells = rows.flatMap((row) => Object.values(row));
  const nested = cells.filter((cell) => typeof cell === 'object' && cell !== null).length;
  const filled = cells.length / (rows.length * columns.length);
  return nested <= cells.length * 0.3 && filled >= 0.5 ? { columns, rows } : undefined;
}
