import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { AppError, type Settings } from '../../contract/index.js';
import { isLoopback } from './address.js';
import { RemoteFailure } from './failure.js';

const CONNECT_TIMEOUT_MS = 8_000;

async function authorities(caFile: string): Promise<string[] | undefined> {
  if (caFile === '') return undefined;
  try {
    return [...rootCertificates, await readFile(caFile, 'utf8')];
  } catch {
    throw new AppError(
      'io',
      `The file of certificate authorities, ${caFile}, cannot be read.`,
      'Choose another file in Settings › CA file, or empty the field.',
    );
  }
}

/**
 * The connections to remotes: through the proxy and with the authorities of the settings. This computer itself is
 * never asked for through a proxy. Made anew when the settings change.
 */
export class Connections {
  #key = '';
  #isClosed = false;
  #made: Promise<{ direct: Dispatcher; proxied: Dispatcher }> | undefined;

  constructor(private readonly settings: () => Settings) {}

  async to(baseUrl: string): Promise<Dispatcher> {
    if (this.#isClosed)
      throw new RemoteFailure('remote_unreachable', 'Jackfield is ending.', 'Start it again.', {
        transient: true,
      });
    const { proxy, caFile } = this.settings();
    const key = JSON.stringify([proxy, caFile]);
    if (key !== this.#key || !this.#made) {
      const old = this.#made;
      this.#key = key;
      this.#made = make(proxy, caFile);
      // A setting that cannot be used must not stay broken once the file is there.
      this.#made.catch(() => (this.#made = undefined));
      void old?.then(shut, () => undefined);
    }
    const { direct, proxied } = await this.#made;
    return isLoopback(new URL(baseUrl).hostname) ? direct : proxied;
  }

  /** Ends every request that is under way. */
  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#made?.then(shut, () => undefined);
    this.#made = undefined;
  }
}

async function make(proxy: string, caFile: string): Promise<{ direct: Dispatcher; proxied: Dispatcher }> {
  // Loaded with the first remote only: it is a third of the host's code.
  const [{ Agent, ProxyAgent }, ca] = await Promise.all([import('undici'), authorities(caFile)]);
  const tls = ca ? { ca } : {};
  const direct = new Agent({ connect: { ...tls, timeout: CONNECT_TIMEOUT_MS } });
  if (proxy === '') return { direct, proxied: direct };
  return { direct, proxied: new ProxyAgent({ uri: proxy, requestTls: tls, proxyTls: tls }) };
}

async function shut({ direct, proxied }: { direct: Dispatcher; proxied: Dispatcher }): Promise<void> {
  await Promise.all([...new Set([direct, proxied])].map((dispatcher) => dispatcher.destroy()));
}
