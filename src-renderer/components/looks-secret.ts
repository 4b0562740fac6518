const SECRET_NAME =
  /(^|[_\-.\s])(token|secret|passw(or)?d|passphrase|pat|pwd|credentials?|authorization|cookie|bearer)([_\-.\s]|$)|api[_\-.]?key|access[_\-.]?key|private[_\-.]?key|(^|[_-])key$|apikey|token$|secret$/i;

/** Forms that well-known services give to their tokens. */
const SECRET_FORM = [
  /^(sk|pk|rk)[-_](live|test|proj|ant|or|svcacct)?[-_]?[A-Za-z0-9_-]{16,}$/,
  /^(ghp|gho|ghu|ghs|ghr)_[A-Za-z0-9]{20,}$/,
  /^github_pat_[A-Za-z0-9_]{20,}$/,
  /^glpat-[A-Za-z0-9_-]{16,}$/,
  /^xox[abeoprs]-[A-Za-z0-9-]{10,}$/,
  /^AIza[A-Za-z0-9_-]{30,}$/,
  /^AKIA[A-Z0-9]{16}$/,
  /^(hf|npm|figd|lin_api|ntn|secret|dop_v1|tvly|gsk)[-_][A-Za-z0-9_-]{16,}$/,
  /^eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\./,
  /^(bearer|basic|token)\s+\S{8,}$/i,
  /-----BEGIN [A-Z ]*PRIVATE KEY-----/,
  /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]+:[^/\s:@]+@/i,
];

/** `${VAR}` and `<your token>` stand for a secret, they are none. */
const PLACEHOLDER = /^(\$\{?[A-Z_a-z]|<.*>$|your[-_ ]|xxx+$|\.\.\.$)/i;

function isRandom(text: string): boolean {
  if (text.length < 32 || !/^[A-Za-z0-9+/=_-]+$/.test(text)) return false;
  return /[a-z]/i.test(text) && /\d/.test(text) && new Set(text).size >= 12;
}

/** Whether a plain value had better be kept in the keychain: by the name it goes under, or by its own form. */
export function looksSecret(name: string, value: string): boolean {
  const text = value.trim();
  if (text === '' || PLACEHOLDER.test(text)) return false;
  if (SECRET_FORM.some((form) => form.test(text))) return true;
  const isFlagOrPath = /^(true|false|yes|no|none|null|\d{1,5}|[~./].*)$/i.test(text);
  return (SECRET_NAME.test(name) && !isFlagOrPath) || isRandom(text);
}
