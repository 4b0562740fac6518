import { looksLikeSecret } from '../../contract/looks-like-secret.js';
import type { Found } from '../import/found.js';
import { copyMap, isMap, type PlainMap } from '../plain.js';
import { nameOfCommand, nameOfUrl } from './names.js';
import { commandsOf } from './shell-words.js';

/** Brings what people share into the form that the server will have here. */
export function tidied(found: Found): Found {
  return withOwnName(withoutContainerSecrets(withParts(found)));
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
  return {
    ...found,
    entry: Object.assign(copyMap(found.entry), { command: words[0], args: words.slice(1) }),
  };
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
