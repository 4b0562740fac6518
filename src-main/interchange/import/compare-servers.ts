import { isSecretRef, type Server, type ServerInput } from '../../contract/index.js';
import { valuesOf } from './secrets.js';

/** `unknown`: names of values that are secrets here, so that whether they are equal cannot be seen. */
export type Comparison = { same: boolean; unknown: string[] };

/** Whether a transport that was found is the one a server has. Tags, tools and the like do not count. */
export function compareServers(found: ServerInput['transport'], server: Server): Comparison {
  const unknown: string[] = [];
  const same = sameLaunch(found, server.transport) && sameValues(found, server, unknown);
  return { same, unknown };
}

function sameLaunch(a: ServerInput['transport'], b: Server['transport']): boolean {
  if (a.type === 'stdio' && b.type === 'stdio')
    return (
      a.command === b.command &&
      JSON.stringify(a.args ?? []) === JSON.stringify(b.args) &&
      a.cwd === b.cwd &&
      a.envFile === b.envFile
    );
  return a.type === b.type && (!('url' in a) || ('url' in b && a.url === b.url));
}

function sameValues(found: ServerInput['transport'], server: Server, unknown: string[]): boolean {
  const theirs = new Map(Object.entries(valuesOf(found).values));
  const ours = new Map(Object.entries(valuesOf(server.transport).values));
  const { transport } = server;
  if ('auth' in transport && transport.auth.type === 'header')
    ours.set(transport.auth.header, transport.auth.token);
  for (const [name, value] of ours) {
    if (isSecretRef(value)) {
      // A client that could not hold the secret has no entry for it; that is no difference.
      if (theirs.has(name)) unknown.push(name);
    } else if (theirs.get(name) !== value) return false;
  }
  return [...theirs.keys()].every((name) => ours.has(name));
}
