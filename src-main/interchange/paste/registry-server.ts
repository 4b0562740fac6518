import type { Found } from '../import/found.js';
import { emptyMap, isMap, type Plain, type PlainMap } from '../plain.js';
import { anybody } from './anybody.js';

// `server.json` of the MCP registry, in its shapes since 2025: keys were `snake_case` before they were `camelCase`.
// https://github.com/modelcontextprotocol/registry/blob/main/docs/reference/server-json/generic-server-json.md

/** Of the ways a server is offered, the first that can be used here is proposed and the others are shown. */
export function readRegistryServer(server: PlainMap, origin: string): Found[] {
  const name = String(text(server, 'name') ?? 'server').replace(/^.*\//, '');
  const description = text(server, 'description');
  const offers = [
    ...maps(server['packages']).map(readPackage),
    ...maps(server['remotes']).map(readRemote),
  ].filter((offer) => offer !== undefined);
  return offers.map(({ entry, warnings }, index) => ({
    name,
    entry: description ? Object.assign(emptyMap(), { description }, entry) : entry,
    origin,
    trusted: false,
    dialect: anybody,
    warnings: index > 0 ? ['It is another way to run the server above.', ...warnings] : warnings,
    unlikely: index > 0,
  }));
}

type Offer = { entry: PlainMap; warnings: string[] };

function readPackage(offer: PlainMap): Offer | undefined {
  const warnings: string[] = [];
  const kind = (text(offer, 'registryType', 'registry_type', 'registry_name') ?? '').toLowerCase();
  const identifier = text(offer, 'identifier', 'name');
  if (!identifier) return undefined;
  const version = text(offer, 'version');
  const env = environmentOf(offer, warnings);
  const before = argumentsOf(offer, ['runtimeArguments', 'runtime_arguments'], warnings);
  const behind = argumentsOf(offer, ['packageArguments', 'package_arguments'], warnings);
  const transport = isMap(offer['transport']) ? offer['transport'] : emptyMap();
  if (text(transport, 'url'))
    warnings.push('It listens on an address of its own once it runs: add that address as a second server.');
  const program = runnerOf(
    kind,
    identifier,
    version,
    text(offer, 'runtimeHint', 'runtime_hint'),
    Object.keys(env),
    before,
  );
  if (!program) return undefined;
  const [command = '', ...args] = program;
  return { entry: Object.assign(emptyMap(), { command, args: [...args, ...behind], env }), warnings };
}

/** The command line that fetches and runs a package; `undefined` for a kind that no program here runs. */
function runnerOf(
  kind: string,
  identifier: string,
  version: string | undefined,
  hint: string | undefined,
  env: readonly string[],
  before: readonly string[],
): string[] | undefined {
  const at = version && version !== 'latest' ? `@${version}` : '';
  if (kind === 'npm') {
    const yes = before.includes('-y') || before.includes('--yes') ? [] : ['-y'];
    return [hint ?? 'npx', ...(hint && hint !== 'npx' ? [] : yes), ...before, identifier + at];
  }
  if (kind === 'pypi') return [hint ?? 'uvx', ...before, identifier + at];
  if (kind === 'nuget') return [hint ?? 'dnx', ...before, identifier + at, '--yes'];
  if (kind === 'oci' || kind === 'docker') {
    const hasTag = /[:@][^/]*$/.test(identifier);
    const image = hasTag || !version ? identifier : `${identifier}:${version}`;
    const passed = env.flatMap((name) => (before.some((arg) => arg.startsWith(name)) ? [] : ['-e', name]));
    return [hint ?? 'docker', 'run', '-i', '--rm', ...before, ...passed, image];
  }
  return undefined;
}

function readRemote(remote: PlainMap): Offer | undefined {
  const url = text(remote, 'url');
  if (!url) return undefined;
  const warnings: string[] = [];
  if (/\{[^}]+\}/.test(url)) warnings.push('Its URL has a part in braces that is yours to fill in.');
  const headers = emptyMap();
  for (const header of maps(remote['headers'])) {
    const name = text(header, 'name');
    if (name) headers[name] = valueOf(header, name, warnings) ?? '';
  }
  const type = text(remote, 'type', 'transport_type', 'transportType') ?? 'streamable-http';
  return { entry: Object.assign(emptyMap(), { type, url, headers }), warnings };
}

function environmentOf(offer: PlainMap, warnings: string[]): PlainMap {
  const env = emptyMap();
  for (const variable of maps(offer['environmentVariables'] ?? offer['environment_variables'] ?? null)) {
    const name = text(variable, 'name');
    const value = name && valueOf(variable, name, warnings);
    if (name && value !== undefined) env[name] = value;
  }
  return env;
}

function argumentsOf(offer: PlainMap, keys: readonly string[], warnings: string[]): string[] {
  const list = keys.map((key) => offer[key]).find(Array.isArray);
  return maps(list ?? null).flatMap((argument): string[] => {
    const name = text(argument, 'name');
    const hint = text(argument, 'valueHint', 'value_hint');
    const value = valueOf(argument, hint ?? name ?? 'an argument', warnings);
    if (argument['type'] === 'named' && name) {
      // A flag may stand without a value.
      if (value === undefined)
        return argument['isRequired'] === true || argument['is_required'] === true ? [name] : [];
      return value === '' ? [name] : name.endsWith('=') ? [name + value] : [name, value];
    }
    if (value === undefined) return [];
    return [value || `<${hint ?? 'value'}>`];
  });
}

/** A value or a default; an empty text where one is needed that only the person knows; `undefined` where none is. */
function valueOf(input: PlainMap, name: string, warnings: string[]): string | undefined {
  const given = text(input, 'value') ?? text(input, 'default');
  if (given !== undefined) {
    if (/\{[^}]+\}/.test(given)) warnings.push(`${name} has a part in braces that is yours to fill in.`);
    return given;
  }
  const required =
    input['isRequired'] === true || input['is_required'] === true || input['required'] === true;
  if (!required) return undefined;
  const description = text(input, 'description');
  warnings.push(`${name} needs a value${description ? `: ${description.slice(0, 200)}` : ''}.`);
  return '';
}

function text(map: PlainMap, ...keys: string[]): string | undefined {
  for (const key of keys) {
    const value = Object.hasOwn(map, key) ? map[key] : undefined;
    if (typeof value === 'string' && value !== '') return value;
    if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  }
  return undefined;
}

const maps = (value: Plain | undefined): PlainMap[] => (Array.isArray(value) ? value.filter(isMap) : []);
