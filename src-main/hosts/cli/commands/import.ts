import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { text as textOf } from 'node:stream/consumers';
import { Command } from 'commander';
import type { ImportItem, MethodInput } from '../../../contract/index.js';
import { meantOrThere } from '../../../app/launcher/similar.js';
import { CommandError, EXIT } from '../command-error.js';
import type { Door } from '../door.js';
import { line, type Output, type Style } from '../output.js';
import type { Perform } from '../program.js';
import { tellClients } from './client-table.js';

type Options = { dryRun?: boolean; overwrite?: boolean; only?: string[] };
type Source = MethodInput<'import.preview'>['source'];
type Choices = MethodInput<'import.apply'>['choices'];

const ACTION_STYLE: Record<ImportItem['action'], Style> = {
  add: 'green',
  rename: 'green',
  overwrite: 'yellow',
  same: 'dim',
  skip: 'dim',
};

export function importCommand(perform: Perform): Command {
  const command = new Command('import')
    .summary('take servers over from AI clients, files and texts')
    .description(
      `Take servers over: from an AI client (its word, such as "cursor"), a file, a folder, or a text on
stdin ("-"): JSON of any client, TOML, YAML, a command line, an install link. Without a source it
lists the AI clients found here. What looks like a secret goes to the keychain.`,
    )
    .argument('[source]', 'client, file, folder, or - for stdin')
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('--overwrite', 'also replace servers that are here under the same name')
    .option('--only <names...>', 'these servers alone');
  return command.action((word: string | undefined, options: Options) =>
    perform(command, async (context) => {
      const { output } = context;
      const door = await context.door({ mayBegin: true });
      if (word === undefined) {
        const { clients } = await door.call('import.scan', {});
        output.result({ clients }, () => tellClients(output, clients));
        return EXIT.done;
      }
      const source = await sourceOf(word, door);
      const { items, problems } = await door.call('import.preview', { source });
      const choices = choicesFor(items, options);
      if (!output.isJson) tellPlan(output, items, problems, choices);
      if (options.dryRun) {
        if (output.isJson) output.json({ items, problems, choices });
        return EXIT.done;
      }
      const result = await door.call('import.apply', { source, choices });
      const { added, overwritten, failed = [] } = result;
      output.result({ ...result, problems }, () => {
        for (const { name, error } of failed)
          output.note(`${line(name)}: ${line(error.message)}\n${line(error.hint)}`);
        const left = items.length - added.length - overwritten.length - failed.length;
        output.say(
          `${added.length} added, ${overwritten.length} replaced, ${left} left as they were` +
            (failed.length > 0 ? `, ${failed.length} failed.` : '.'),
        );
      });
      return failed.length > 0 || (items.length === 0 && problems.length > 0) ? EXIT.failed : EXIT.done;
    }),
  );
}

/** @throws CommandError `not_found` for a word that is neither a file nor a client */
async function sourceOf(word: string, door: Door): Promise<Source> {
  if (word === '-') return { text: await textOf(process.stdin) };
  const path = resolve(word);
  const facts = await stat(path).catch(() => undefined);
  if (facts?.isDirectory()) return { folder: path };
  if (facts) return { text: await readFile(path, 'utf8'), fileName: path };
  const { clients } = await door.call('import.scan', {});
  const wanted = word.toLowerCase();
  const found =
    clients.find(({ client }) => client === word) ??
    clients.find(({ title }) => title.toLowerCase() === wanted);
  if (found) return { client: found.client };
  const here = clients.filter(({ exists }) => exists);
  throw new CommandError(
    'not_found',
    `"${word}" is neither a file or folder nor an AI client's word.`,
    meantOrThere(word, [...new Set(here.map(({ client }) => client))], 'No AI client was found here.'),
  );
}

/** @throws CommandError `not_found` for a name in `only` that is not there */
function choicesFor(items: readonly ImportItem[], { overwrite, only }: Options): Choices {
  const missing = only?.find((name) => !items.some((item) => item.name === name));
  if (missing !== undefined)
    throw new CommandError(
      'not_found',
      `There is no "${missing}" to import.`,
      meantOrThere(
        missing,
        items.map(({ name }) => name),
        'There is nothing in it.',
      ),
    );
  const wanted = items.filter(({ name }) => !only || only.includes(name));
  const choices: Choices = {};
  for (const { key, action, newName, existingServerId } of wanted) {
    const isHere = existingServerId !== undefined && (action === 'overwrite' || action === 'rename');
    if (isHere && overwrite) choices[key] = { action: 'overwrite' };
    else if (action === 'add') choices[key] = { action };
    else if (action === 'rename') choices[key] = { action, ...(newName !== undefined && { newName }) };
  }
  return choices;
}

function tellPlan(
  output: Output,
  items: readonly ImportItem[],
  problems: readonly string[],
  choices: Choices,
): void {
  for (const { key, name, action, newName, summary, secretPaths, warnings, changes = [] } of items) {
    const chosen = choices[key]?.action;
    const isLeft = action === 'overwrite' && chosen === undefined;
    const word = isLeft ? 'here already (--overwrite replaces it)' : (chosen ?? action);
    const as = chosen === 'rename' && newName !== undefined ? ` as ${line(newName)}` : '';
    output.say(
      `${line(name)}${as}: ${output.style(ACTION_STYLE[action], word)}  ${output.style('dim', line(summary))}`,
    );
    if (secretPaths.length > 0 && key in choices)
      output.say(`    to the keychain: ${secretPaths.map(line).join(', ')}`);
    // What replacing it would change; secrets are masked.
    if (action === 'overwrite')
      for (const { field, before = '(nothing)', after = '(nothing)' } of changes)
        output.say(`    ${line(field)}: ${line(before)} → ${line(after)}`);
    for (const warning of warnings) output.say(`    ${output.style('yellow', line(warning))}`);
  }
  for (const problem of problems) output.note(line(problem));
}
