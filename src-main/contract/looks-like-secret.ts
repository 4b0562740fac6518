// A guess, made to offer the keychain: a wrong "yes" costs the person one click, a wrong "no" leaves a token on disk.

/** Beginnings that issuers give their tokens so that scanners can find them. */
const ISSUED = new RegExp(
  '^(?:' +
    [
      'gh[pousr]_\\w{16}', // GitHub
      'github_pat_\\w{16}',
      'glpat-[\\w-]{12}', // GitLab
      'sk-[\\w-]{12}', // OpenAI, Anthropic, Letta and others
      '[sr]k_(?:live|test)_\\w{8}', // Stripe
      'xox[abeoprs]-[\\w-]{8}', // Slack
      'xapp-[\\w-]{8}',
      '(?:AKIA|ASIA)[A-Z0-9]{12}', // AWS
      'AIza[\\w-]{20}', // Google
      'ya29\\.[\\w-]{8}',
      'npm_\\w{16}',
      'pypi-[\\w-]{16}',
      'hf_\\w{16}', // Hugging Face
      'lin_(?:api|oauth)_\\w{8}', // Linear
      'ntn_\\w{16}', // Notion
      'secret_\\w{20}',
      'fig[dou]_[\\w-]{12}', // Figma
      'SG\\.[\\w-]{12}', // SendGrid
      'do[opr]_v1_\\w{16}', // DigitalOcean
      'shp(?:at|ca|pa|ss)_\\w{12}', // Shopify
      'ATATT[\\w-]{12}', // Atlassian
      'tvly-[\\w-]{8}', // Tavily
      'pplx-\\w{12}', // Perplexity
      'gsk_\\w{16}', // Groq
      'xai-\\w{12}',
      'r8_\\w{12}', // Replicate
      'fc-[0-9a-f]{16}', // Firecrawl
      'ctx7sk-[\\w-]{8}', // Context7
      'dckr_pat_[\\w-]{12}', // Docker
      'sbp_[0-9a-f]{16}', // Supabase
      'phc_\\w{16}|phx_\\w{16}', // PostHog
      'eyJ[\\w-]{8,}\\.[\\w-]{8,}', // JSON Web Token
      'AGE-SECRET-KEY-',
      '-----BEGIN [A-Z ]*PRIVATE KEY',
    ].join('|') +
    ')',
);

/** Where the name speaks of a secret, such a beginning is enough. */
const ISSUED_START = /^(?:gh[pousr]_|github_pat_|glpat-|sk-|xox[abeoprs]-|npm_|hf_)/;

const PASSWORD_NAME = /pass(?:word|wd|phrase)?$|(?:^|[_-])(?:pwd|pw)$/i;
/** Whole words of a name, so that MONKEY, KEYBOARD and TOKENIZER do not count. */
const SECRET_WORD =
  /^(?:token|secret|apikey|credential|credentials|auth|authorization|bearer|pat|jwt|signature|cookie)$/;
const KEY_BEFORE =
  /^(?:api|access|private|secret|auth|service|master|encryption|signing|app|client|account|session|license)$/;
/** Words that make a name speak about a secret instead of holding one. */
const ABOUT =
  /^(?:file|path|dir|url|uri|endpoint|host|id|name|type|limit|max|min|count|ttl|timeout|expiry|expires|length|size|public|header|prefix|mode|method|enabled|scheme|provider|issuer|version|algorithm|env|var)$/;

const SCHEME = /^(?:bearer|basic|token|apikey|digest|negotiate)\s+(\S.*)$/i;
const URL_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:([^/?#\s@]+)@/i;
const REFERENCE =
  /\$\{[^}]*\}|\{(?:env|file):[^}]*\}|^\$[A-Za-z_]\w*$|^%\w+%$|^(?:op|keychain|keyring|vault|env|ref):\/\/|^env\.[A-Za-z_]\w*$/;
const PLACEHOLDER =
  /^<.*>$|^\[.*\]$|^\{\{?.*\}?\}$|^[*•.xX_-]+$|^(?:your|my|insert|enter|add|put|replace)[\s_-]|(?:^|[\s_-])(?:here|placeholder|example|changeme|change[\s_-]me|todo|redacted|dummy)$|\.\.\.$|…$|x{6}/i;
const WORDLIKE = /^(?:true|false|yes|no|on|off|none|null|undefined|\d{1,7})$/i;
const PATHLIKE = /^(?:\.{0,2}\/|~[/\\]|[A-Za-z]:[/\\])/;

/**
 * Whether a value, kept under a name (an environment variable, a header, an argument's flag), is likely a secret.
 * References such as `${TOKEN}` and placeholders such as `<your key>` are not.
 */
export function looksLikeSecret(name: string, value: string): boolean {
  const text = value.trim();
  if (text === '' || REFERENCE.test(text) || PLACEHOLDER.test(text)) return false;
  const password = URL_PASSWORD.exec(text)?.[1];
  if (password) return !PLACEHOLDER.test(password) && !/^pass(?:word)?$/i.test(password);
  if (ISSUED.test(text)) return true;
  const credential = SCHEME.exec(text)?.[1];
  if (credential)
    return credential.length >= 6 && !PLACEHOLDER.test(credential) && !REFERENCE.test(credential);
  if (WORDLIKE.test(text)) return false;
  if (PASSWORD_NAME.test(name)) return text.length >= 3 && !PATHLIKE.test(text);
  if (/^https?:\/\//i.test(text) || PATHLIKE.test(text)) return false;
  if (namesSecret(name)) return (text.length >= 6 || ISSUED_START.test(text)) && !/\s/.test(text);
  return isRandom(text);
}

function namesSecret(name: string): boolean {
  const words = name
    .replace(/^-+/, '')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(Boolean);
  const last = words.at(-1) ?? '';
  if (words.some((word) => ABOUT.test(word)) && !SECRET_WORD.test(last) && last !== 'key') return false;
  return words.some(
    (word, index) =>
      SECRET_WORD.test(word) ||
      (word === 'key' && (words.length === 1 || KEY_BEFORE.test(words[index - 1] ?? ''))),
  );
}

/** Long, of mixed characters and without the rhythm of words: what a generator writes, whatever it is called. */
function isRandom(text: string): boolean {
  if (text.length < 40 || !/^[A-Za-z0-9+/_=-]+$/.test(text)) return false;
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) && bitsPerCharacter(text) > 4.2;
}

/** Shannon's measure over the characters of the text. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}

const TELLING =
  /auth|token|key|secret|pass|pwd|credential|cookie|session|private|signature|bearer|jwt|dsn|sas/i;

/**
 * The same question about a value that came from a remote: whether it is masked when it is shown, and goes to the
 * keychain when it is taken over. Stricter, since nobody asked for this value: a short password under a telling name
 * counts too.
 */
export function looksSensitive(name: string, value: unknown): boolean {
  if (typeof value !== 'string' || value === '') return false;
  return TELLING.test(name) || looksLikeSecret(name, value);
}
