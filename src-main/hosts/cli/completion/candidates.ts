import { homedir } from 'node:os';
import type { Argument, Command, Option } from 'commander';
import { findServer } from '../../../app/launcher/find-server.js';
import { line } from '../output.js';
import { runningDoor } from '../open-door.js';
import { knownServers } from './known-servers.js';

export type Candidate = { word: string; about: string };

/** A Tab must not make anybody wait for a server. */
const LIMIT_MS = 1_500;
const LONGEST_ABOUT = 60;
/** Tells the shell to complete names of files by itself. */
const FILES: Candidate = { word: ':files', about: '' };

/**
 * What may stand in the place of the last word, which is begun or empty. Names come from the running app, or from the
 * catalog; nothing is started, and what cannot be found out is left out.
 */
export async function candidatesFor(
  program: Command,
  words: readonly string[],
  dataDir: string,
): Promise<Candidate[]> {
  // `--option=value`: the value is what is begun, and its option comes along.
  const [, flag, value] = /^(--[\w-]+)=(.*)$/s.exec(words.at(-1) ?? '') ?? [];
  const begun = value ?? words.at(-1) ?? '';
  const { command, before, awaiting } = walk(
    program,
    flag === undefined ? words.slice(0, -1) : [...words.slice(0, -1), flag],
  );
  if (flag !== undefined && !awaiting) return [];
  const all = await Promise.race([
    possible(command, { before, awaiting, begun, dataDir: namedFolder(words) ?? dataDir }),
    new Promise<Candidate[]>((resolve) => setTimeout(() => resolve([]), LIMIT_MS).unref()),
  ]).catch(() => []);
  const lead = flag === undefined ? '' : `${flag}=`;
  return all
    .filter((one) => (one === FILES ? lead === '' : one.word.toLowerCase().startsWith(begun.toLowerCase())))
    .map((one) =>
      one === FILES ? one : { word: lead + one.word, about: line(one.about).slice(0, LONGEST_ABOUT) },
    );
}

/** The folder that the line itself names. */
function namedFolder(words: readonly string[]): string | undefined {
  const at = words.indexOf('--data-dir');
  const named = at < 0 || at + 2 > words.length - 1 ? undefined : words[at + 1];
  return named?.replace(/^~(?=\/|$)/, homedir());
}

type Place = { before: string[]; awaiting: Option | undefined; begun: string; dataDir: string };

/** Follows the words to the command they name: its arguments so far, and the option that still wants its value. */
function walk(program: Command, words: readonly string[]) {
  let command = program;
  const before: string[] = [];
  let awaiting: Option | undefined;
  for (const word of words) {
    if (awaiting) {
      awaiting = undefined;
      continue;
    }
    const option = [...command.options, ...program.options].find(
      ({ long, short }) => word === long || word === short,
    );
    if (option) awaiting = option.required || option.variadic ? option : undefined;
    else if (word.startsWith('-')) continue;
    else if (command === program) command = program.commands.find((one) => one.name() === word) ?? program;
    else before.push(word);
  }
  return { command, before, awaiting };
}

async function possible(command: Command, place: Place): Promise<Candidate[]> {
  const { awaiting, before, begun, dataDir } = place;
  if (awaiting) return valuesOf(awaiting, dataDir);
  if (begun.startsWith('-'))
    return command.options.flatMap(({ long, description }) =>
      long ? [{ word: long, about: description }] : [],
    );
  if (!command.parent)
    return command.commands
      .filter((one) => one.name() !== 'complete')
      .map((one) => ({ word: one.name(), about: one.summary() || one.description() }));
  const argument = command.registeredArguments[before.length] ?? command.registeredArguments.at(-1);
  if (!argument || (!argument.variadic && before.length >= command.registeredArguments.length)) return [];
  return argumentsFor(argument, before, dataDir);
}

async function valuesOf({ long, argChoices }: Option, dataDir: string): Promise<Candidate[]> {
  if (argChoices) return argChoices.map((word) => ({ word, about: '' }));
  if (long === '--data-dir') return [FILES];
  const door = long === '--client' || long === '--remote' ? await runningDoor(dataDir) : undefined;
  if (!door) return [];
  try {
    if (long === '--client') return clientWords((await door.call('import.scan', {})).clients);
    const { remotes } = await door.call('app.snapshot', {});
    return remotes.map(({ name, kind }) => ({ word: name, about: kind }));
  } finally {
    await door.close();
  }
}

const clientWords = (clients: readonly { client: string; title: string }[]): Candidate[] =>
  clients.map(({ client, title }) => ({ word: client, about: title }));

async function argumentsFor(
  argument: Argument,
  before: readonly string[],
  dataDir: string,
): Promise<Candidate[]> {
  if (argument.argChoices) return argument.argChoices.map((word) => ({ word, about: '' }));
  switch (argument.name()) {
    case 'server':
    case 'servers': {
      const servers = await knownServers(dataDir);
      return servers
        .filter(({ name }) => !before.includes(name))
        .map(({ name, about }) => ({ word: name, about }));
    }
    case 'tool':
      return toolsOf(before[0] ?? '', dataDir);
    case 'source':
      return [...(await clientsHere(dataDir)), FILES];
    default:
      return [];
  }
}

async function toolsOf(word: string, dataDir: string): Promise<Candidate[]> {
  const door = await runningDoor(dataDir);
  if (!door) return [];
  try {
    const { servers, runs } = await door.call('app.snapshot', {});
    const { id } = findServer(servers, word);
    // Of a server that does not run, asking would start it where it runs on demand.
    if (runs.find(({ serverId }) => serverId === id)?.state !== 'running') return [];
    const { tools } = await door.call('tool.list', { serverId: id });
    return tools.map(({ name, description, title }) => ({ word: name, about: description ?? title ?? '' }));
  } finally {
    await door.close();
  }
}

async function clientsHere(dataDir: string): Promise<Candidate[]> {
  const door = await runningDoor(dataDir);
  if (!door) return [];
  try {
    const { clients } = await door.call('import.scan', {});
    return clientWords(clients.filter(({ exists }) => exists));
  } finally {
    await door.close();
  }
}
