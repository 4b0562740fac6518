import { isIP } from 'node:net';

const BLOCKED_NAMES =
  /^(localhost|metadata\.google\.internal)$|\.(local|localdomain|home\.arpa|svc|cluster\.local)$/;

const V4_BLOCKS: [number, number][] = (
  [
    ['0.0.0.0', 8],
    ['10.0.0.0', 8],
    ['100.64.0.0', 10],
    ['127.0.0.0', 8],
    ['169.254.0.0', 16],
    ['172.16.0.0', 12],
    ['192.0.0.0', 24],
    ['192.0.2.0', 24],
    ['192.168.0.0', 16],
    ['198.18.0.0', 15],
    ['198.51.100.0', 24],
    ['203.0.113.0', 24],
    ['224.0.0.0', 3],
  ] as const
).map(([address, bits]) => [v4(address), bits]);

function v4(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}

/** Why a 0.16.7 refuses to store this URL; `undefined` where it takes it. */
export function refusedUrl(text: string): string | undefined {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return 'is not a valid URL';
  }
  if (url.protocol !== 'http:' && url.protocol !== 'https:') return 'must use http or https';
  // As it is written: "127.1" is a name to Python, though a browser makes an address of it.
  const written = /^[a-z]+:\/\/(?:[^/@]*@)?(\[[^\]]*\]|[^/:?#]*)/i.exec(text)?.[1] ?? '';
  const host = written.toLowerCase().replace(/^\[|\]$|\.+$/g, '');
  if (BLOCKED_NAMES.test(host)) return 'points at a private or internal host';
  const family = isIP(host);
  if (family === 4 && V4_BLOCKS.some(([block, bits]) => v4(host) >>> (32 - bits) === block >>> (32 - bits)))
    return 'points at a non-global address';
  if (family === 6 && /^(::1?$|fe[89ab]|f[cd]|ff|::ffff:)/.test(host))
    return 'points at a non-global address';
  return undefined;
}
