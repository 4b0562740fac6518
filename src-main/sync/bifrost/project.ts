import type { RemoteTransport, Server, StdioTransport } from '../../contract/index.js';
import { NAME_ONLY, sorted } from '../canonical.js';
import { Projector } from '../projection.js';
import { isPrivateHost } from '../private-host.js';
import type { Projection, ProjectOptions } from '../remote-adapter.js';
import { reasonOf } from '../field-map.js';
import { BIFROST_FIELDS } from './field-map.js';
import { TRAITS, type BifrostFacts } from './profile.js';
import { isRedacted, isReference } from './redaction.js';

/** What a Bifrost gateway can hold of a server (bifrost.md §1.2, §6.1). */
export function project(server: Server, options: ProjectOptions, facts: BifrostFacts): Projection {
  const to = new Projector(server, options);
  const { transport } = server;
  to.put('transport.type', transport.type);
  if (transport.type === 'stdio') stdio(to, transport, facts);
  else if (transport.type === 'inprocess') inprocess(to);
  else http(to, transport, facts);
  tools(to, server, facts);
  if (facts.isOpen && !options.exists) openGateway(to, transport);
  for (const path of to.referenced())
    if (path.startsWith('transport.env.'))
      to.warnings.push(
        `Bifrost resolves references in headers and in the URL only: ${path} is taken as it stands.`,
      );
  if (options.name !== server.name)
    to.warnings.push(
      `It is called "${options.name}" there: Bifrost's names hold letters, digits and "_" only, and its tools are named after it.`,
    );
  return to.result();
}

const ASK_FOR_LOGIN = 'Set an admin on the gateway and give this remote their user name and password.';

/** 2.x without a login answers these with 403 (bifrost.md §3.2). */
function openGateway(to: Projector, transport: Server['transport']): void {
  const cells = [...to.cells.values()].map(({ value }) => value);
  if (transport.type === 'stdio')
    to.blocks.push(`A gateway of this version without a login takes no local commands. ${ASK_FOR_LOGIN}`);
  else if ('url' in transport && isPrivateHost(transport.url))
    to.blocks.push(
      `A gateway of this version without a login takes no hosts of a private network, and ${new URL(transport.url).hostname} is one. ${ASK_FOR_LOGIN}`,
    );
  if (cells.some((value) => typeof value === 'string' && isReference(value)))
    to.blocks.push(
      `A gateway of this version without a login takes no references such as env.NAME. ${ASK_FOR_LOGIN}`,
    );
}

function inprocess(to: Projector): void {
  if (!to.options.exists)
    to.blocks.push(
      'A server inside the gateway’s own process is made in its code; it can only be adopted from there.',
    );
}

function stdio(to: Projector, transport: StdioTransport, facts: BifrostFacts): void {
  to.put('transport.command', transport.command);
  to.put('transport.args', transport.args);
  to.localFiles(transport, BIFROST_FIELDS);
  const names = Object.keys(transport.env);
  if (facts.envValues) {
    to.env(transport.env);
    if (names.length > 0)
      to.warnings.push(
        'Everybody who may read the gateway’s configuration can see these environment values.',
      );
  } else {
    for (const name of names)
      to.cells.set(`transport.env.${name}`, { path: `transport.env.${name}`, name, value: NAME_ONLY });
    for (const name of names) to.lose(`transport.env.${name}`, reasonOf(BIFROST_FIELDS, 'transport.env.*'));
  }
  if (!to.options.exists) to.warnings.push('The command runs on the gateway’s host, not on this computer.');
}

function http(to: Projector, transport: RemoteTransport, facts: BifrostFacts): void {
  const reference = to.options.references['transport.url'];
  to.put('transport.url', reference ?? transport.url);
  to.headers(transport);
  auth(to, transport, facts);
  for (const { name, path, value } of to.cells.values()) {
    if (name === undefined || typeof value !== 'string') continue;
    if (isReference(value) && to.options.references[path] === undefined)
      to.warnings.push(
        `The value of ${name} starts with "${value.slice(0, value.indexOf('.') + 1)}": Bifrost takes it for a reference into its own environment, not for the text itself.`,
      );
    if (isRedacted(value))
      to.blocks.push(`The value of ${name} looks like a masked secret: put the real one in.`);
  }
}

function auth(to: Projector, transport: RemoteTransport, facts: BifrostFacts): void {
  const traits = TRAITS[facts.profile];
  const { auth: wanted } = transport;
  if (wanted.type === 'oauth') {
    if (!traits.authType) {
      to.lose('transport.auth', reasonOf(BIFROST_FIELDS, 'transport.auth'));
      return;
    }
    to.put('transport.auth', 'oauth');
    if (wanted.oauthConfigId === undefined) to.ignores.push('transport.auth.oauthConfigId');
    else to.put('transport.auth.oauthConfigId', wanted.oauthConfigId);
    if (wanted.token !== undefined)
      to.lose('transport.auth.token', 'The gateway signs in by itself and keeps its own tokens.');
    return;
  }
  if (traits.authType) to.put('transport.auth', to.hasHeaders(transport) ? 'headers' : 'none');
}

function tools(to: Projector, { tools: policy, codeMode }: Server, facts: BifrostFacts): void {
  to.put('tools.execute', sorted(policy.execute));
  // The gateway empties the second list where the first is empty.
  to.put('tools.autoExecute', policy.execute.length === 0 ? [] : sorted(policy.autoExecute));
  if (TRAITS[facts.profile].pricing) to.put('tools.pricing', policy.pricing);
  else if (Object.keys(policy.pricing).length > 0)
    to.lose('tools.pricing', reasonOf(BIFROST_FIELDS, 'tools.pricing'));
  to.put('codeMode', codeMode);
}
