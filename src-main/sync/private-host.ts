import { BlockList, isIP } from 'node:net';

const NAMES = /^(localhost|metadata\.google\.internal)$|\.(local|localdomain|home\.arpa|svc)$/;
/** Names that only a container's own network knows: saved without a word, then never connected (letta.md §3). */
const CONTAINER_NAMES =
  /\.localhost$|^(host\.docker\.internal|gateway\.docker\.internal|host\.containers\.internal)$|^[^.]+$/;

// Apart, since a BlockList takes every IPv4 address for one in ::ffff:0:0/96.
const inner4 = new BlockList();
const inner6 = new BlockList();
for (const [address, bits] of [
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
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
] as const)
  inner4.addSubnet(address, bits, 'ipv4');
for (const [address, bits] of [
  ['::', 127],
  ['::ffff:0:0', 96],
  ['100::', 64],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  inner6.addSubnet(address, bits, 'ipv6');

const hostOf = (url: string): string => new URL(url).hostname.toLowerCase().replace(/^\[|\]$|\.+$/g, '');

/**
 * Whether a URL points inside: to this computer or a network of one's own. Letta since 0.16.7 stores none such, without
 * a way out (letta.md §3, "URL guard"); Bifrost 2.x without a login takes none from strangers (bifrost.md §3.2).
 */
export function isPrivateHost(url: string): boolean {
  const host = hostOf(url);
  const family = isIP(host);
  if (family === 0) return NAMES.test(host);
  return family === 4 ? inner4.check(host, 'ipv4') : inner6.check(host, 'ipv6');
}

export const neverConnects = (url: string): boolean =>
  isIP(hostOf(url)) === 0 && CONTAINER_NAMES.test(hostOf(url)) && !NAMES.test(hostOf(url));
