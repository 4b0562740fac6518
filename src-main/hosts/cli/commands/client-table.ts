import type { FoundClient } from '../../../contract/index.js';
import { line, type Output } from '../output.js';

/** The AI clients with a file here; others could get one by an export. */
export function tellClients(output: Output, clients: readonly FoundClient[]): void {
  const here = clients.filter(({ exists }) => exists);
  if (here.length === 0) output.say('No AI client was found here.');
  else
    output.table(
      ['CLIENT', 'SERVERS', 'FILE'],
      here.map(({ client, serverCount, path, problem }) => [
        client,
        problem ? '?' : String(serverCount),
        path,
      ]),
    );
  for (const { client, problem } of here) if (problem) output.note(`${client}: ${line(problem)}`);
  const others = [...new Set(clients.filter(({ exists }) => !exists).map(({ client }) => client))];
  if (others.length > 0) output.note(`Without a file here: ${others.join(', ')}.`);
}
