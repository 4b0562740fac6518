import type { RemoteKind } from '../../../src-main/contract/index.js';

const LOCAL = /^(localhost|127(\.\d+){3}|\[::1\])$/i;

/** `http://` to another computer: everything sent there can be read on the way. */
export function isOpenWire(baseUrl: string): boolean {
  try {
    const url = new URL(baseUrl);
    return url.protocol === 'http:' && !LOCAL.test(url.hostname);
  } catch {
    return false;
  }
}

/** A remote that was given no name is called by what and where it is. */
export function suggestedName(kind: RemoteKind, baseUrl: string): string {
  const word = kind === 'letta' ? 'Letta' : 'Bifrost';
  try {
    const { hostname } = new URL(baseUrl);
    return LOCAL.test(hostname) ? word : `${word} ${hostname}`;
  } catch {
    return word;
  }
}
