import type { FieldMap } from '../field-map.js';

const ALL = ['flat', 'nested', 'guarded', 'cloud'] as const;
const PER_AGENT = 'Letta decides per agent which tools are attached.';

export const LETTA_FIELDS: FieldMap = [
  { field: 'name', remote: 'server_name', sent: 'at every write', shown: 'as it is' },
  {
    field: 'transport.type',
    remote: '`mcp_server_type`; `type` in flat',
    sent: 'at create; nested updates carry the stored one',
    shown: 'as it is',
    replacedIn: ALL,
  },
  { field: 'transport.command', remote: 'command', sent: 'at every write', shown: 'as it is' },
  { field: 'transport.args', remote: 'args', sent: 'at every write', shown: 'as they are' },
  {
    field: 'transport.env.*',
    remote: 'env',
    sent: 'whole, at every write: left out it is wiped',
    shown: 'in clear',
  },
  { field: 'transport.url', remote: 'server_url', sent: 'at every write', shown: 'as it is' },
  {
    field: 'transport.headers.*',
    remote: 'custom_headers',
    sent: 'whole, at every write; `{}` clears',
    shown: 'in clear; `auth_token` counts where there are none',
  },
  {
    field: 'transport.auth.token',
    remote: '`custom_headers` (never `auth_header`, `auth_token`)',
    sent: 'as the header it names; `auth_token: ""` clears a stale one of SSE',
    shown: 'in clear',
  },
  {
    field: 'transport.auth',
    lost: 'Letta runs its own sign-in when it connects; it takes no OAuth settings or tokens.',
  },
  {
    field: 'transport.cwd',
    lost: 'It starts the command in a folder of its own and has no field for another.',
  },
  {
    field: 'transport.envFile',
    lost: 'The file is on this computer and is not read: put the variables it needs into the environment.',
  },
  { field: 'tools.execute', lost: PER_AGENT },
  { field: 'tools.autoExecute', lost: PER_AGENT },
  { field: 'tools.pricing', lost: 'Letta counts no prices.' },
  { field: 'codeMode', lost: 'Letta has no code mode.' },
];
