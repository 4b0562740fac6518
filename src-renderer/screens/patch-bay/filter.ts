import type { RunState, Server } from '../../../src-main/contract/index.js';
import { wordOf } from '../../state/runs.svelte.js';

const haystacks = new WeakMap<Server, string>();
const STATES: RunState[] = ['stopped', 'starting', 'running', 'stopping', 'backoff', 'failed'];

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

/** Makes the texts that are searched while nothing else is to be done, so that the first key finds them made. */
export function prepareFilter(servers: readonly Server[]): () => void {
  if (!('requestIdleCallback' in window)) return () => undefined;
  let next = 0;
  const work = (deadline: IdleDeadline): void => {
    while (next < servers.length && deadline.timeRemaining() > 1)
      for (const until = Math.min(servers.length, next + 50); next < until; next += 1)
        haystack(servers[next] as Server);
    if (next < servers.length) handle = requestIdleCallback(work);
  };
  let handle = requestIdleCallback(work);
  return () => cancelIdleCallback(handle);
}

/**
 * The servers that every word of `query` is found in: in their name, description, tags, command or URL, or as the word
 * of their state. `#web` looks at tags alone. `stateOf` is only asked for words that are the start of a state's word.
 */
export function filterServers(
  servers: readonly Server[],
  query: string,
  stateOf: (serverId: string) => RunState,
): readonly Server[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return servers;
  const tests = words.map((word): ((server: Server) => boolean) => {
    if (word.startsWith('#')) {
      const start = word.slice(1);
      return (server) => server.tags.some((tag) => tag.toLowerCase().startsWith(start));
    }
    const states = new Set(STATES.filter((state) => wordOf(state).toLowerCase().startsWith(word)));
    if (states.size === 0) return (server) => haystack(server).includes(word);
    return (server) => haystack(server).includes(word) || states.has(stateOf(server.id));
  });
  return servers.filter((server) => tests.every((test) => test(server)));
}
