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
  return offers.map(({ entry, warnings, secrets }, index) => ({
    name,
    entry: description ? Object.assign(emptyMap(), { description }, entry) : entry,
    origin,
    trusted: false,
    dialect: anybody,
    ...(secrets.length > 0 && { secrets }),
    warnings: index > 0 ? ['It is another way to run the server above.', ...warnings] : warnings,
    unlikely: index > 0,
  }));
}

type Offer = { entry: PlainMap; warnings: string[]; secrets: string[] };

function readPackage(offer: PlainMap): Offer | undefined {
  const notes = new Notes();
  const kind = (text(offer, 'registryType', 'registry_type', 'registry_name') ?? '').toLowerCase();
  const identifier = withoutTemplate(text(offer, 'identifier', 'name'));
  if (!identifier) return undefined;
  const version = withoutTemplate(text(offer, 'version'));
  const env = environmentOf(offer, notes);
  const before = argumentsOf(offer, ['runtimeArguments', 'runtime_arguments'], notes);
  const behind = argumentsOf(offer, ['packageArguments', 'package_arguments'], notes);
  const transport = isMap(offer['transport']) ? offer['transport'] : emptyMap();
  if (text(transport, 'url'))
    notes.warnings.push(
      'It listens on an address of its own once it runs: add that address as a second server.',
    );
  const hint = text(offer, 'runtimeHint', 'runtime_hint');
  const program = runnerOf({ kind, identifier, version, hint, env, before, behind });
  if (!program) return undefined;
  const [command = '', ...args] = program;
  return { entry: Object.assign(emptyMap(), { command, args, env }), ...notes };
}

type Package = {
  kind: string;
  identifier: string;
  version: string | undefined;
  hint: string | undefined;
  env: PlainMap;
  before: readonly string[];
  behind: readonly string[];
};

/** The command line that fetches and runs a package; `undefined` for a kind that no program here runs. */
function runnerOf(offer: Package): string[] | undefined {
  const { kind, identifier, version, hint, before, behind } = offer;
  const at = version && version !== 'latest' ? `@${version}` : '';
  if (kind === 'npm') {
    const yes = before.includes('-y') || before.includes('--yes') ? [] : ['-y'];
    return [hint ?? 'npx', ...(hint && hint !== 'npx' ? [] : yes), ...before, identifier + at, ...behind];
  }
  if (kind === 'pypi') return [hint ?? 'uvx', ...before, identifier + at, ...behind];
  if (kind === 'nuget') {
    const rest = behind.length > 0 ? ['--', ...behind] : [];
    return [hint ?? 'dnx', ...before, identifier + at, '--yes', ...rest];
  }
  return kind === 'oci' || kind === 'docker' ? containerOf(offer) : undefined;
}

/** Of what a container is started with, some publishers write down only their own part, and some the whole line. */
function containerOf({ identifier, version, hint, env, before, behind }: Package): string[] {
  const hasTag = /[:@][^/]*$/.test(identifier);
  const image = hasTag || !version ? identifier : `${identifier}:${version}`;
  const bare = image.replace(/[:@][^/]*$/, '');
  const own = before.filter(
    (arg, index) => !(index === 0 && arg === 'run') && arg.replace(/[:@][^/]*$/, '') !== bare,
  );
  const flags = ['-i', '--rm'].filter((flag) => !own.includes(flag) && !own.includes('--interactive'));
  // A value on the command line could be read by every program; by name alone it comes from the environment.
  const options = own.map((arg, index) => {
    const [, name, value] = /^([A-Za-z_]\w*)=(.*)$/s.exec(arg) ?? [];
    if (!/^(?:-e|--env)$/.test(own[index - 1] ?? '') || name === undefined) return arg;
    if (!Object.hasOwn(env, name)) env[name] = /^\{[^}]*\}$/.test(value ?? '') ? '' : (value ?? '');
    return name;
  });
  const named = new Set(options.filter((_, index) => /^(?:-e|--env)$/.test(options[index - 1] ?? '')));
  const passed = Object.keys(env).flatMap((name) => (named.has(name) ? [] : ['-e', name]));
  return [hint ?? 'docker', 'run', ...flags, ...options, ...passed, image, ...behind];
}

/** `${VERSION}`: what a publisher's build fills in, and this file is from before that. */
const withoutTemplate = (value: string | undefined): string | undefined =>
  value?.replace(/[:@]?\$\{[^}]*\}/g, '') || undefined;

function readRemote(remote: PlainMap): Offer | undefined {
  const given = text(remote, 'url');
  if (!given) return undefined;
  const notes = new Notes();
  const url = notes.filled(given, remote, 'Its URL');
  const headers = emptyMap();
  for (const header of maps(remote['headers'])) {
    const name = text(header, 'name');
    if (name) headers[name] = notes.valueOf(header, name) ?? '';
  }
  const type = text(remote, 'type', 'transport_type', 'transportType') ?? 'streamable-http';
  return { entry: Object.assign(emptyMap(), { type, url, headers }), ...notes };
}

function environmentOf(offer: PlainMap, notes: Notes): PlainMap {
  const env = emptyMap();
  for (const variable of maps(offer['environmentVariables'] ?? offer['environment_variables'] ?? null)) {
    const name = text(variable, 'name');
    const value = name && notes.valueOf(variable, name);
    if (name && value !== undefined) env[name] = value;
  }
  return env;
}

function argumentsOf(offer: PlainMap, keys: readonly string[], notes: Notes): string[] {
  const list = keys.map((key) => offer[key]).find(Array.isArray);
  return maps(list ?? null).flatMap((argument): string[] => {
    const name = text(argument, 'name');
    const hint = text(argument, 'valueHint', 'value_hint');
    const isSwitch = text(argument, 'format') === 'boolean';
    const value = isSwitch
      ? (text(argument, 'value') ?? text(argument, 'default'))
      : notes.valueOf(argument, hint ?? name ?? 'an argument');
    if (argument['type'] === 'named' && name) {
      if (isSwitch) return value === 'true' || (value === undefined && isRequired(argument)) ? [name] : [];
      // A flag may stand without a value.
      if (value === undefined) return isRequired(argument) ? [name] : [];
      return value === '' ? [name] : name.endsWith('=') ? [name + value] : [name, value];
    }
    if (value === undefined) return [];
    return [value || `<${hint ?? 'value'}>`];
  });
}

const isRequired = (input: PlainMap): boolean =>
  input['isRequired'] === true || input['is_required'] === true || input['required'] === true;
const isSecret = (input: PlainMap): boolean => input['isSecret'] === true || input['is_secret'] === true;

/** What is to be said of an offer, and which of its values are secrets whatever they look like. */
class Notes {
  readonly warnings: string[] = [];
  readonly secrets: string[] = [];

  /** A value or a default; an empty text where one is needed that only the person knows; `undefined` where none is. */
  valueOf(input: PlainMap, name: string): string | undefined {
    if (isSecret(input)) this.secrets.push(name);
    const given = text(input, 'value') ?? text(input, 'default');
    if (given !== undefined) return this.filled(given, input, name);
    if (!isRequired(input)) return undefined;
    this.warnings.push(`${name} needs a value${aboutOf(input)}.`);
    return '';
  }

  /** A text with those of its parts in braces filled in that have a value of their own. */
  filled(given: string, input: PlainMap, name: string): string {
    const variables = isMap(input['variables']) ? input['variables'] : emptyMap();
    return given.replace(/\{([^{}]+)\}/g, (whole, part: string) => {
      const variable = Object.hasOwn(variables, part) ? variables[part] : undefined;
      const known = isMap(variable) ? (text(variable, 'value') ?? text(variable, 'default')) : undefined;
      if (known !== undefined) return known;
      this.warnings.push(
        `${name} has a part that is yours to fill in: ${whole.slice(0, 60)}${isMap(variable) ? aboutOf(variable) : ''}.`,
      );
      if (isMap(variable) && isSecret(variable)) this.secrets.push(name);
      return whole;
    });
  }
}

/** What it is for, and what it may be. */
function aboutOf(input: PlainMap): string {
  const { choices } = input;
  const allowed = Array.isArray(choices) ? choices.filter((one) => typeof one === 'string').join(', ') : '';
  const said = [text(input, 'description'), allowed && `one of ${allowed}`].filter(Boolean).join('; ');
  return said ? `: ${said.slice(0, 200).replace(/[.\s]+$/, '')}` : '';
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
