import type { FieldMap } from '../field-map.js';

const IMMUTABLE = ['1.5', '1.6', '2.x'] as const;
const REDACTED = 'redacted from 1.4 on; a reference as it is';

export const BIFROST_FIELDS: FieldMap = [
  { field: 'name', remote: 'name', sent: 'in its lawful form, at every write', shown: 'as it is' },
  {
    field: 'transport.type',
    remote: 'connection_type',
    sent: 'at create; 1.3 and 1.4 at every write',
    shown: 'as it is',
    replacedIn: IMMUTABLE,
  },
  {
    field: 'transport.command',
    remote: 'stdio_config.command',
    sent: 'at create; 1.3 and 1.4 at every write',
    shown: 'as it is',
    replacedIn: IMMUTABLE,
  },
  {
    field: 'transport.args',
    remote: 'stdio_config.args',
    sent: 'at create; 1.3 and 1.4 at every write',
    shown: 'as they are',
    replacedIn: IMMUTABLE,
  },
  {
    field: 'transport.env.*',
    remote: 'stdio_config.envs',
    sent: '`NAME=value` at create; 1.3 and 1.4 the name alone, at every write',
    shown: 'in clear',
    lost: 'This version takes the name alone; the value must be set in the gateway’s own environment, else it does not start the command.',
    lostIn: ['1.3', '1.4'],
    replacedIn: IMMUTABLE,
  },
  {
    field: 'transport.url',
    remote: 'connection_string',
    sent: 'at create; 1.3 and 1.4 at every write',
    shown: REDACTED,
    replacedIn: IMMUTABLE,
  },
  { field: 'transport.headers.*', remote: 'headers', sent: 'whole, at every write', shown: REDACTED },
  {
    field: 'transport.auth.token',
    remote: 'headers',
    sent: 'as the header it names',
    shown: REDACTED,
  },
  {
    field: 'transport.auth',
    remote: '`auth_type`, `oauth_config`',
    sent: 'at create; 1.4 at every write',
    shown: 'the kind',
    lost: 'This version knows no OAuth.',
    lostIn: ['1.3'],
    replacedIn: IMMUTABLE,
  },
  {
    field: 'transport.auth.oauthConfigId',
    remote: 'oauth_config_id',
    sent: '1.4 at every write; later the gateway gives it out',
    shown: 'as it is',
    lost: 'This version knows no OAuth.',
    lostIn: ['1.3'],
  },
  {
    field: 'transport.cwd',
    lost: 'It starts the command in a folder of its own and has no field for another.',
  },
  {
    field: 'transport.envFile',
    lost: 'The file is on this computer and is not read: put the variables it needs into the environment.',
  },
  { field: 'tools.execute', remote: 'tools_to_execute', sent: 'at every write', shown: 'as it is' },
  { field: 'tools.autoExecute', remote: 'tools_to_auto_execute', sent: 'at every write', shown: 'as it is' },
  {
    field: 'tools.pricing',
    remote: 'tool_pricing',
    sent: 'by an edit right after the create, then at every write',
    shown: 'as it is',
    lost: 'This version counts no prices.',
    lostIn: ['1.3'],
  },
  { field: 'codeMode', remote: 'is_code_mode_client', sent: 'at every write', shown: 'as it is' },
];
