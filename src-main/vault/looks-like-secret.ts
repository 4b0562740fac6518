// Tells plain values that are most likely secrets, so that the app can offer to move them to the keychain. It errs on
// the side of asking: a wrong guess costs a click, a missed token stays in a file. Imports nothing.

/** How well-known issuers' tokens begin, with the least that follows. From the issuers' own documentation. */
const ISSUED = [
  /^sk-[A-Za-z0-9_-]{16,}/, // OpenAI, Anthropic (sk-ant-), OpenRouter (sk-or-), Letta (sk-let-)
  /^[rsp]k_(live|test)_[A-Za-z0-9]{10,}/, // Stripe
  /^gh[pousr]_[A-Za-z0-9]{20,}/, // GitHub
  /^github_pat_[A-Za-z0-9_]{20,}/,
  /^gl(pat|ptt|dt|rt|cbt|ft|soat|oas)-[A-Za-z0-9_-]{16,}/, // GitLab
  /^xox[abeoprs]-[A-Za-z0-9-]{10,}/, // Slack
  /^xapp-\d-[A-Za-z0-9-]{10,}/,
  /^(AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}$/, // AWS access key ids
  /^AIza[A-Za-z0-9_-]{30,}/, // Google API keys
  /^ya29\.[A-Za-z0-9_-]{20,}/,
  /^GOCSPX-[A-Za-z0-9_-]{20,}/,
  /^hf_[A-Za-z0-9]{20,}/, // Hugging Face
  /^npm_[A-Za-z0-9]{30,}/,
  /^pypi-[A-Za-z0-9_-]{40,}/,
  /^dckr_(pat|oat)_[A-Za-z0-9_-]{20,}/,
  /^do[opr]_v1_[a-f0-9]{40,}/, // DigitalOcean
  /^SG\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{16,}/, // SendGrid
  /^(secret|ntn)_[A-Za-z0-9]{30,}/, // Notion
  /^lin_(api|oauth)_[A-Za-z0-9]{20,}/, // Linear
  /^figd_[A-Za-z0-9_-]{20,}/,
  /^tvly-[A-Za-z0-9-]{16,}/, // Tavily
  /^BSA[A-Za-z0-9_-]{24,}$/, // Brave
  /^pat[A-Za-z0-9]{14}\.[a-f0-9]{40,}/, // Airtable
  // Firecrawl, Perplexity, Groq, xAI, Replicate, E2B, NVIDIA, Jina, Supabase, Shopify, Grafana, PostHog, Sentry, …
  /^(fc|pplx|gsk|xai|r8|e2b|nvapi|jina|sbp|rnd|vcp|whsec|shpat|shpss|glsa|phc|phx|sntrys)[_-](?=[\w-]*\d)[\w-]{20,}/,
  /^PMAK-[a-f0-9]{20,}/, // Postman
  /^AGE-SECRET-KEY-1[0-9A-Z]{20,}/,
  /^eyJ[A-Za-z0-9_-]{8,}\.eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*$/, // JSON web tokens
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^(Bearer|Basic|Token)\s+\S{8,}$/i,
];

/** A URL with a password, as connection strings have them. */
const URL_WITH_PASSWORD = /^[a-z][a-z0-9+.-]*:\/\/[^\s/@:]*:([^\s/@]+)@/i;

// Whole words of a name: `API_KEY`, `apiKey`, `x-auth-token`, but not `KEYBOARD` or `TOKENIZER`.
const TELLING_NAME =
  /(^|_)(token|secret|secrets|password|passwd|pwd|pass|passphrase|apikey|api_key|key|credential|credentials|cred|creds|auth|authorization|cookie|jwt|pat|bearer|signature|dsn)(_|$)/;
// Names that end as one and hold none: ids, files, places, sizes, times.
const HARMLESS_NAME =
  /(^|_)(public|id|ids|name|file|path|dir|url|uri|host|endpoint|type|mode|algorithm|length|size|limit|count|max|min|expiry|expires|expiration|ttl|timeout|enabled|disabled|header|scope|scopes|issuer|audience|store|provider|budget|version|region|user|username|prefix|suffix)$/;
const PUBLIC_KEY_NAME = /(^|_)(public|publishable)_/;

// What stands where a secret should come: a reference to one, or a word that asks for it.
const REFERENCE =
  /^(\$\{?[A-Za-z_][\w:.-]*\}?|%[A-Za-z_]\w*%|\$\{\{.*\}\}|\{\{.*\}\}|\$\(.*\)|op:\/\/.*|env[:.].*)$/;
const PLACEHOLDER =
  /^(<.*>|\[.*\]|x{3,}|\*{3,}|•+|\.{3,}|…|(your|my|insert|enter|put|add|paste|replace|change|todo|example|sample|dummy|fake|test|placeholder|none|null|undefined|true|false|yes|no|on|off|redacted|hidden|masked)([-_ ].*|me|this)?)$/i;
const ORDINARY =
  /^(\d{1,9}(\.\d+)?|[a-z]:[\\/].*|~?\.{0,2}\/[\w./ -]*|https?:\/\/[^@\s]*|[\w-]+\.(json|pem|key|crt|txt|ya?ml|toml))$/i;

const LEAST_NAMED = 6;
const LEAST_RANDOM = 24;
const RANDOM_BITS = 3.6;

/**
 * Whether a plain value is most likely a secret.
 * @param name of the environment variable, header or field it stands in; an empty name tells nothing
 */
export function looksLikeSecret(name: string, value: string): boolean {
  const text = value.trim();
  if (text === '' || REFERENCE.test(text) || PLACEHOLDER.test(text)) return false;
  if (ISSUED.some((pattern) => pattern.test(text))) return true;
  const password = URL_WITH_PASSWORD.exec(text)?.[1];
  if (password !== undefined) return !REFERENCE.test(password) && !PLACEHOLDER.test(password);
  if (ORDINARY.test(text)) return false;
  const words = wordsOf(name);
  if (HARMLESS_NAME.test(words) || PUBLIC_KEY_NAME.test(words)) return false;
  if (TELLING_NAME.test(words)) return text.length >= LEAST_NAMED && !/\s\S+\s/.test(text);
  return isRandom(text);
}

/** `apiKey`, `API-Key` and `api.key` all become `api_key`. */
function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .replace(/[^A-Za-z0-9]+/g, '_')
    .toLowerCase();
}

/** One long word of mixed characters with no pattern to it. Words, paths and UUIDs stay below. */
function isRandom(text: string): boolean {
  if (text.length < LEAST_RANDOM || !/^[A-Za-z0-9+/=_.~-]+$/.test(text)) return false;
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)) return false;
  if (!/\d/.test(text) || !/[A-Za-z]/.test(text)) return false;
  if (/^[a-f0-9]{32,}$/i.test(text)) return true;
  // Host names, packages and file names are words joined by dots, dashes or slashes.
  const longest = Math.max(...text.split(/[./_~-]+/).map((word) => word.length));
  return longest >= 16 && /[a-z]/.test(text) && /[A-Z]/.test(text) && entropyOf(text) >= RANDOM_BITS;
}

/** Shannon's, in bits a character. English runs near 4 over long texts but lower over one word; random base64 near 5. */
function entropyOf(text: string): number {
  const counts = new Map<string, number>();
  for (const char of text) counts.set(char, (counts.get(char) ?? 0) + 1);
  let bits = 0;
  for (const count of counts.values()) bits -= (count / text.length) * Math.log2(count / text.length);
  return bits;
}
