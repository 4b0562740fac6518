const LABELS: Record<string, string> = {
  name: 'Name',
  description: 'Description',
  tags: 'Tags',
  transport: 'Connection',
  'transport.type': 'Transport',
  'transport.command': 'Command',
  'transport.args': 'Arguments',
  'transport.cwd': 'Working folder',
  'transport.envFile': 'Env file',
  'transport.env': 'Environment',
  'transport.url': 'URL',
  'transport.headers': 'Headers',
  'transport.auth': 'Authentication',
  'transport.auth.type': 'Authentication',
  'transport.auth.header': 'Token header',
  'transport.auth.token': 'Token',
  'transport.auth.issuer': 'Issuer',
  'transport.auth.clientId': 'Client id',
  'transport.auth.clientSecret': 'Client secret',
  'transport.auth.scopes': 'Scopes',
  'transport.auth.oauthConfigId': 'OAuth configuration',
  'tools.execute': 'Allowed tools',
  'tools.autoExecute': 'Without approval',
  'tools.pricing': 'Prices',
  codeMode: 'Code mode',
  'lifecycle.autostart': 'Start with Jackfield',
  'lifecycle.restart': 'Restart',
  'lifecycle.onDemand': 'Start on demand',
  'lifecycle.idleMinutes': 'Idle minutes',
  protocolLog: 'Log the protocol',
};

/** What stands before the key of a map: `transport.env.` + `API_KEY`. */
const MAPS: [string, string][] = [
  ['transport.env.', 'Environment'],
  ['transport.headers.', 'Header'],
  ['tools.pricing.', 'Price of'],
];

/** A field of a server as a form would call it; a path that is not known stays as it is. */
export function fieldLabel(path: string): { label: string; key?: string } {
  const map = MAPS.find(([prefix]) => path.startsWith(prefix));
  if (map) return { label: map[1], key: path.slice(map[0].length) };
  return { label: LABELS[path] ?? path };
}

const isEmpty = (value: unknown): boolean =>
  value === undefined ||
  value === null ||
  value === '' ||
  value === false ||
  (Array.isArray(value) && value.length === 0) ||
  (typeof value === 'object' && Object.keys(value).length === 0);

/** A value that says no more than its absence would. */
export function saysNothing(path: string, value: unknown): boolean {
  return !path.startsWith('tools.') ? isEmpty(value) : path.startsWith('tools.pricing') && isEmpty(value);
}
