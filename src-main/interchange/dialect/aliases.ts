// What clients call the parts of an entry, the commonest word first.

export const TYPE_KEYS = ['type', 'transport', 'transportType', 'transport_type', 'connection_type'];
export const COMMAND_KEYS = ['command', 'cmd', 'executable'];
export const ARGS_KEYS = ['args', 'arguments'];
export const ENV_KEYS = ['env', 'envs', 'environment'];
export const CWD_KEYS = ['cwd', 'workingDirectory', 'working_directory', 'workdir'];
export const ENV_FILE_KEYS = ['envFile', 'env_file'];
export const URL_KEYS = [
  'url',
  'httpUrl',
  'serverUrl',
  'server_url',
  'uri',
  'endpoint',
  'baseUrl',
  'base_url',
];
export const HEADER_KEYS = ['headers', 'http_headers', 'httpHeaders', 'requestHeaders'];
export const ALLOW_KEYS = [
  'includeTools',
  'enabled_tools',
  'enabledTools',
  'available_tools',
  'allowedTools',
  'tools',
];
export const DENY_KEYS = ['excludeTools', 'disabled_tools', 'disabledTools'];
export const APPROVE_KEYS = ['autoApprove', 'alwaysAllow'];
