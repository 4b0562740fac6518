import type { RemoteTransport, Server, StdioTransport } from '../../contract/index.js';
import { Projector } from '../projection.js';
import type { Projection, ProjectOptions } from '../remote-adapter.js';
import { reasonOf } from '../field-map.js';
import { LETTA_FIELDS } from './field-map.js';
import type { LettaFacts } from './profile.js';
import { isPrivateHost, neverConnects } from '../private-host.js';

/** What a Letta server can hold of a server (letta.md §1.2, §1.5). */
export function project(server: Server, options: ProjectOptions, facts: LettaFacts): Projection {
  const to = new Projector(server, options);
  const { transport } = server;
  to.put('transport.type', transport.type);
  if (transport.type === 'inprocess')
    to.blocks.push('It runs inside a Bifrost gateway; Letta has no such kind of server.');
  else if (transport.type === 'stdio') stdio(to, transport, facts);
  else http(to, transport, facts);
  toolPolicy(to, server);
  name(to);
  secrecy(to);
  return to.result();
}

function stdio(to: Projector, transport: StdioTransport, facts: LettaFacts): void {
  to.put('transport.command', transport.command);
  to.put('transport.args', transport.args);
  to.env(transport.env);
  to.localFiles(transport, LETTA_FIELDS);
  if (to.options.exists) return spacesInArguments(to, transport.args);
  if (facts.profile === 'cloud')
    to.blocks.push('Letta Cloud runs no local commands: it takes SSE and streamable HTTP servers only.');
  else if (facts.stdio === 'no')
    to.blocks.push(
      'This Letta server has local commands switched off. Whoever runs it can set MCP_DISABLE_STDIO=false and start it again.',
    );
  else
    to.warnings.push(
      facts.stdio === 'unknown'
        ? 'The command runs on the Letta server, not on this computer; since 0.16.4 local commands are switched off there unless MCP_DISABLE_STDIO=false is set.'
        : 'The command runs on the Letta server, not on this computer.',
    );
  spacesInArguments(to, transport.args);
}

function spacesInArguments(to: Projector, args: string[]): void {
  const split = args.find((arg) => arg === '' || /\s/.test(arg));
  if (split === undefined) return;
  to.warnings.push(
    split === ''
      ? 'Letta leaves empty arguments out when it starts the command.'
      : `Letta splits arguments at spaces when it starts the command: "${split.slice(0, 60)}" becomes several.`,
  );
}

function http(to: Projector, transport: RemoteTransport, facts: LettaFacts): void {
  to.put('transport.url', transport.url);
  to.headers(transport);
  const { auth } = transport;
  if (auth.type === 'oauth') to.lose('transport.auth', reasonOf(LETTA_FIELDS, 'transport.auth'));
  if ((facts.profile === 'guarded' || facts.profile === 'cloud') && isPrivateHost(transport.url))
    to.blocks.push(
      `Letta since 0.16.7 refuses URLs of private hosts, and ${new URL(transport.url).hostname} is one. There is no switch for it: give the server a public name, or use an older Letta.`,
    );
  else if (facts.profile === 'guarded' && neverConnects(transport.url))
    to.warnings.push(
      `Letta stores ${new URL(transport.url).hostname} but will not connect to it when the name leads to a private address.`,
    );
  for (const cell of to.cells.values()) {
    const { name, value } = cell;
    if (name === undefined || typeof value !== 'string') continue;
    if (value !== value.trim() || /^(["']).*\1$/.test(value) || value.endsWith(':'))
      to.warnings.push(
        `Letta strips spaces, quotes and a last colon from the header ${name} when it connects.`,
      );
  }
}

function secrecy(to: Projector): void {
  for (const path of to.referenced())
    if (path.startsWith('transport.env.'))
      to.warnings.push(`Letta fills in {{VARIABLES}} in headers only: ${path} is taken as it stands.`);
  if (to.hasSecrets())
    to.warnings.push('Letta shows these secrets in clear to everybody who may read its servers.');
}

/** Letta decides per agent which tools it has; nothing of the policy has a place there. */
function toolPolicy(to: Projector, { tools, codeMode }: Server): void {
  const lose = (field: string): void => to.lose(field, reasonOf(LETTA_FIELDS, field));
  if (!(tools.execute.length === 1 && tools.execute[0] === '*')) lose('tools.execute');
  if (tools.autoExecute.length > 0) lose('tools.autoExecute');
  if (Object.keys(tools.pricing).length > 0) lose('tools.pricing');
  if (codeMode) lose('codeMode');
}

function name(to: Projector): void {
  const { name: wanted } = to.options;
  if (wanted === '' || /[:/]/.test(wanted))
    to.blocks.push(
      `Letta cannot run tools of a server whose name holds ":" or "/", and "${wanted}" does: rename it here first.`,
    );
}
