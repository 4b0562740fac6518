import type { RemoteTransport, Value } from '../../contract/index.js';

/** The headers a server at a URL is to be sent, its token among them. @throws what `resolve` throws */
export async function headersOf(
  { headers, auth }: RemoteTransport,
  resolve: (value: Value) => Promise<string>,
): Promise<Record<string, string>> {
  const wanted: [string, Value][] = Object.entries(headers);
  if (auth.type === 'header') wanted.push([auth.header, auth.token]);
  const pairs = await Promise.all(wanted.map(async ([name, value]) => [name, await resolve(value)] as const));
  if (auth.type === 'oauth' && auth.token !== undefined)
    pairs.push(['Authorization', `Bearer ${await resolve(auth.token)}`]);
  return Object.fromEntries(pairs);
}
