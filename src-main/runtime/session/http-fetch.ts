import type { FetchLike } from '@modelcontextprotocol/client';
import { readFile } from 'node:fs/promises';
import { rootCertificates } from 'node:tls';
import type { Dispatcher } from 'undici';
import { AppError, type Settings } from '../../contract/index.js';

type NetworkSettings = Pick<Settings, 'proxy' | 'caFile'>;

export type HttpFetch = {
  fetch: FetchLike;
  /** What the network did last to a request: the event source's errors keep only a text of it. */
  lastFault(): unknown;
  close(): Promise<void>;
};

/**
 * A fetch for one MCP session: through the settings' proxy, with their extra certificate authorities, and without the
 * time limits of an ordinary fetch, which would cut an event stream after five silent minutes.
 * @throws AppError `io` when the CA file cannot be read
 */
export async function httpFetch(url: URL, settings: NetworkSettings): Promise<HttpFetch> {
  // Loaded with the first HTTP server only: most people have none, and it costs memory.
  const [{ Agent, ProxyAgent, fetch }, authorities] = await Promise.all([
    import('undici'),
    certificateAuthorities(settings.caFile),
  ]);
  const tls = authorities && { ca: authorities };
  const limits = { bodyTimeout: 0, headersTimeout: 0 };
  const dispatcher: Dispatcher =
    settings.proxy && !isLoopback(url.hostname)
      ? new ProxyAgent({
          uri: settings.proxy,
          ...limits,
          // Many proxies refuse to tunnel to a plain http port.
          proxyTunnel: url.protocol === 'https:',
          ...(tls && { requestTls: tls, proxyTls: tls }),
        })
      : new Agent({ ...limits, ...(tls && { connect: tls }) });
  let fault: unknown;
  const observed = async (input: string | URL, init?: object): Promise<unknown> => {
    try {
      return await fetch(input, { ...init, dispatcher });
    } catch (error) {
      fault = error;
      throw error;
    }
  };
  return {
    fetch: observed as unknown as FetchLike,
    lastFault: () => fault,
    close: () => dispatcher.destroy(),
  };
}

/** This computer is never reached through a proxy. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname === '[::1]' ||
    /^127(\.\d{1,3}){3}$/.test(hostname) ||
    hostname.endsWith('.localhost')
  );
}

async function certificateAuthorities(file: string): Promise<string[] | undefined> {
  if (!file) return undefined;
  const pem = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new AppError(
      'io',
      `The CA file "${file}" cannot be read (${error.code ?? error.message}).`,
      'Choose another PEM file in the settings, or clear the field.',
    );
  });
  if (!pem.includes('-----BEGIN CERTIFICATE-----'))
    throw new AppError(
      'io',
      `The CA file "${file}" holds no certificate.`,
      'Choose a PEM file in the settings.',
    );
  // A list given here replaces Node's own, and with it what the host's environment added to that.
  const extra = process.env['NODE_EXTRA_CA_CERTS'];
  const added = extra ? await readFile(extra, 'utf8').catch(() => undefined) : undefined;
  return [...rootCertificates, ...(added ? [added] : []), pem];
}
