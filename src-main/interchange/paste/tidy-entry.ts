import { looksLikeSecret } from '../../contract/looks-like-secret.js';
import type { Found } from '../import/found.js';
import { copyMap, emptyMap, isMap, mapOf, type PlainMap } from '../plain.js';
import { nameOfCommand, nameOfUrl } from './names.js';
import { commandsOf } from './shell-words.js';

/** Brings what people share into the form that the server will have here. */
export function tidied(found: Found): Found {
  return withOwnName(withoutContainerSecrets(withToken(withParts(withArguments(found)))));
}

/** `"args": "-y foo"`, where a list belongs. */
function withArguments(found: Found): Found {
  const { args } = found.entry;
  if (typeof args !== 'string') return found;
  const [words = [], ...more] = commandsOf(args) ?? [];
  if (more.length > 0) return found;
  return { ...found, entry: Object.assign(copyMap(found.entry), { args: words }) };
}

/** A token beside an address, as the makers of models take servers: it travels in the usual header. */
function withToken(found: Found): Found {
  const { authorization_token: token, headers } = found.entry;
  if (typeof token !== 'string' || token === '') return found;
  const entry = copyMap(found.entry);
  delete entry['authorization_token'];
  entry['headers'] = Object.assign(emptyMap(), isMap(headers ?? null) ? headers : {}, {
    Authorization: /^\S+\s/.test(token) ? token : `Bearer ${token}`,
  });
  return { ...found, entry };
}

/** `"command": "npx -y foo"`: a whole line where a program's name belongs, as several makers of links write it. */
function withParts(found: Found): Found {
  const { command, args } = found.entry;
  if (
    typeof command !== 'string' ||
    !/\s/.test(command.trim()) ||
    /^"?(?:[A-Za-z]:)?[\\/]/.test(command.trim())
  )
    return found;
  if (Array.isArray(args) && args.length > 0) return found;
  const [words, ...more] = commandsOf(command) ?? [];
  if (!words || more.length > 0 || words.length < 2) return found;
  const start = words.findIndex((word) => !/^[A-Za-z_]\w*=/.test(word));
  if (start < 0) return found;
  const entry = Object.assign(copyMap(found.entry), { command: words[start], args: words.slice(start + 1) });
  const own = words.slice(0, start).map((word): [string, string] => {
    const [name = '', ...value] = word.split('=');
    return [name, value.join('=')];
  });
  const { env } = entry;
  if (own.length > 0) entry['env'] = Object.assign(mapOf(own), isMap(env ?? null) ? env : undefined);
  return { ...found, entry };
}

/**
 * `docker run -e TOKEN=value`: an argument everybody on the computer can read. A container takes the variable from
 * docker's own environment where its value is left out, and that can be kept as a secret.
 */
function withoutContainerSecrets(found: Found): Found {
  const { command, args, env } = found.entry;
  if (typeof command !== 'string' || !/(?:^|[/\\])(?:docker|podman)(?:\.exe)?$/i.test(command)) return found;
  if (!Array.isArray(args) || !args.every((arg) => typeof arg === 'string')) return found;
  const moved: PlainMap = isMap(env ?? null) ? copyMap(env as PlainMap) : copyMap({});
  const names: string[] = [];
  const kept = args.map((arg, index) => {
    const [, lead = '', name, value] = /^(-e|--env=)?([A-Za-z_]\w*)=(.+)$/s.exec(arg) ?? [];
    const isVariable = lead !== '' || /^(?:-e|--env)$/.test(args[index - 1] ?? '');
    if (!isVariable || name === undefined || value === undefined || !looksLikeSecret(name, value)) return arg;
    moved[name] = value;
    names.push(name);
    return `${lead}${name}`;
  });
  if (names.length === 0) return found;
  const warning = `${names.join(', ')} moved out of the arguments, where other programs could read it, into the environment; the container gets it from there.`;
  return {
    ...found,
    entry: Object.assign(copyMap(found.entry), { args: kept, env: moved }),
    warnings: [...(found.warnings ?? []), warning],
  };
}

/** A single entry has no name of its own; what it runs or reaches gives it one. */
function withOwnName(found: Found): Found {
  if (found.name !== 'server') return found;
  const { command, cmd, args, url } = found.entry;
  if (typeof url === 'string') return { ...found, name: nameOfUrl(url) };
  const [program, ...rest] = [command ?? cmd, args].flat().filter((word) => typeof word === 'string');
  return program === undefined ? found : { ...found, name: nameOfCommand(program, rest) };
}
