import type { Run, Server } from '../../../src-main/contract/index.js';
import { wordOf } from '../../state/runs.svelte.js';

const haystacks = new WeakMap<Server, string>();

function haystack(server: Server): string {
  let text = haystacks.get(server);
  if (text === undefined) {
    const { transport } = server;
    const where =
      transport.type === 'stdio'
        ? [transport.command, ...transport.args].join(' ')
        : transport.type === 'inprocess'
          ? ''
          : transport.url;
    text = [server.name, server.description, ...server.tags, transport.type, where].join('\n').toLowerCase();
    haystacks.set(server, text);
  }
  return text;
}

/**
 * The servers that every word of `query` is found in: in their name, description, tags, command or URL, or as the word
 * of their state. `#web` looks at tags alone.
 */
export function filterServers(
  servers: readonly Server[],
  query: string,
  runOf: (serverId: string) => Run,
): readonly Server[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return servers;
  return servers.filter((server) =>
    words.every((word) => {
      if (word.startsWith('#')) return server.tags.some((tag) => tag.toLowerCase().startsWith(word.slice(1)));
      return haystack(server).includes(word) || wordOf(runOf(server.id).state).toLowerCase().startsWith(word);
    }),
  );
}
