import { AppError } from '../contract/index.js';

type Json = Record<string, unknown>;

const isObject = (value: unknown): value is Json =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Maps whose values may be secrets. */
const HOLDERS = new Set(['env', 'headers']);

/**
 * What is brought in from a client's file or a remote may hold, in plain text, a secret that the keychain keeps:
 * somebody exported it there. It goes to the keychain again whatever was chosen, or the way out and back would show a
 * page what no page is shown.
 * @throws AppError `invalid` where it stands in an argument or a URL, which cannot hold a secret
 */
export function hideKnownSecrets(input: Json, redact: (text: string) => string): Json {
  const { transport } = input;
  if (!isObject(transport)) return input;
  const isKnown = (value: unknown): value is string => typeof value === 'string' && redact(value) !== value;
  const hide = (value: unknown): unknown => (isKnown(value) ? { newSecret: value } : value);
  const hidden = Object.fromEntries(
    Object.entries(transport).map(([key, value]) => {
      if (HOLDERS.has(key) && isObject(value))
        return [key, Object.fromEntries(Object.entries(value).map(([name, one]) => [name, hide(one)]))];
      if (key === 'auth' && isObject(value))
        return [key, { ...value, token: hide(value['token']), clientSecret: hide(value['clientSecret']) }];
      const shown = (Array.isArray(value) ? value : [value]) as unknown[];
      if (shown.some(isKnown)) throw inTheOpen(key);
      return [key, value];
    }),
  );
  if (isObject(hidden['auth'])) hidden['auth'] = withoutUndefined(hidden['auth']);
  return { ...input, transport: hidden };
}

const withoutUndefined = (map: Json): Json =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== undefined));

function inTheOpen(field: string): AppError {
  const path = `transport.${field}`;
  return new AppError(
    'invalid',
    `A secret that the keychain keeps stands in plain text in ${path}, where it would stay in the open.`,
    'Move it into a variable or a header there, then bring it in again.',
    [{ path, message: 'holds a secret of the keychain' }],
  );
}

/** Every text in an answer without the secrets the app knows. Keys are names that a server chose, and count too. */
export function withoutSecrets<T>(value: T, redact: (text: string) => string): T {
  if (typeof value === 'string') return redact(value) as T;
  if (Array.isArray(value)) return value.map((one: unknown) => withoutSecrets(one, redact)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, one]) => [redact(key), withoutSecrets(one as unknown, redact)]),
  ) as T;
}
