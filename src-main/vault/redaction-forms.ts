/**
 * A secret shorter than this is not looked for: three characters stand by chance in every log, and blanking them all
 * would make the log unreadable and show where the secret's characters stand.
 */
export const SHORTEST_REDACTED = 4;

/** A line of a longer secret: short ones (`{`, `=`) are no secret by themselves. */
const SHORTEST_LINE = 8;
/** Base64 of a secret inside a longer text is looked for in this many characters at least. */
const SHORTEST_INNER = 8;

/** The texts under which a secret's value may turn up in a log, an error or a file. */
export function formsOf(value: string): string[] {
  if (value.length < SHORTEST_REDACTED) return [];
  const forms = new Set<string>();
  // Logs are redacted line by line, so a key of several lines must be known by each of them.
  const lines = value.split(/\r?\n/);
  for (const text of lines.length > 1 ? [value, ...lines.filter(isTelling)] : [value]) addForms(text, forms);
  return [...forms].filter((form) => form.length >= SHORTEST_REDACTED);
}

function isTelling(line: string): boolean {
  return line.trim().length >= SHORTEST_LINE && !/^-----(BEGIN|END) /.test(line);
}

function addForms(text: string, forms: Set<string>): void {
  forms.add(text).add(text.trim());
  const json = JSON.stringify(text).slice(1, -1);
  forms.add(json);
  forms.add(json.replaceAll('/', '\\/'));
  forms.add(asciiJson(json));
  // A text that was escaped as JSON twice: a JSON-RPC message inside a log line that is JSON itself.
  forms.add(JSON.stringify(json).slice(1, -1));
  for (const url of urlForms(text)) forms.add(url);
  forms.add(htmlEscaped(text));
  const bytes = Buffer.from(text, 'utf8');
  const hex = bytes.toString('hex');
  forms.add(hex).add(hex.toUpperCase());
  for (const base64 of base64Forms(bytes)) {
    forms.add(base64);
    forms.add(base64.replaceAll('+', '-').replaceAll('/', '_'));
    forms.add(encodeURIComponent(base64));
    forms.add(base64.replaceAll('/', '\\/'));
  }
}

/** As Python, Ruby and PHP write JSON: everything outside ASCII as \uXXXX. */
function asciiJson(json: string): string {
  return json.replace(/[^\x20-\x7e]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

function urlForms(text: string): string[] {
  // Half a character cannot be encoded; it is shown as U+FFFD wherever it turns up.
  const whole = text.replace(/\p{Surrogate}/gu, '\ufffd');
  const escaped = encodeURIComponent(whole);
  // Form encoding, the stricter RFC 3986 (which curl and Python follow), the laxer encodeURI; and small hex digits.
  const strict = escaped.replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
  const form = new URLSearchParams([['', text]]).toString().slice(1);
  const all = [escaped, strict, form, encodeURI(whole)];
  return [...all, ...all.map((one) => one.replace(/%[0-9A-F]{2}/g, (byte) => byte.toLowerCase()))];
}

function htmlEscaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/**
 * Base64 of the value alone, and of the value inside something longer, such as `user:password` in a Basic header: the
 * characters then depend on where among the groups of three bytes the value begins, so there are three of them. The
 * first and last characters of those are shared with what stands around and are left out.
 */
function base64Forms(bytes: Buffer): string[] {
  const alone = bytes.toString('base64');
  const inner = [0, 1, 2].map((shift) => {
    const text = Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .replace(/=+$/, '');
    const from = shift === 0 ? 0 : shift + 1;
    const sharedBits = ((bytes.length + shift) * 8) % 6;
    return text.slice(from, sharedBits === 0 ? undefined : -1);
  });
  return [alone, ...inner.filter((text) => text.length >= SHORTEST_INNER)];
}
