import { Command, Option } from 'commander';
import { structuredPatch } from 'diff';
import type { ExportForm, MethodInput, MethodResult } from '../../../contract/index.js';
import { meantOrThere } from '../../../app/launcher/similar.js';
import { CommandError, EXIT, unusable } from '../command-error.js';
import { chosenServers, type CommandContext } from '../command-context.js';
import { confirm } from '../confirm.js';
import type { Door } from '../door.js';
import { harmless, line, type Output } from '../output.js';
import type { Perform } from '../program.js';
import { tellClients } from './client-table.js';

type Options = {
  client?: string;
  all?: boolean;
  launcher?: boolean;
  direct?: boolean;
  plainSecrets?: boolean;
  remove?: boolean;
  undo?: boolean;
  dryRun?: boolean;
  overwrite?: boolean;
  yes?: boolean;
};
type Preview = MethodResult<'export.preview'>;
type Result = MethodResult<'export.apply'>;
type Consent = MethodInput<'export.apply'>['consent'];
/** One kind of change of a client's file: how it is shown, and how it is made. */
type Change = { preview(): Promise<Preview>; apply(consent: Consent): Promise<Result> };

export function exportCommand(perform: Perform): Command {
  const command = new Command('export')
    .summary('write servers into the config file of an AI client')
    .description(
      `Write servers into the config file of an AI client, and nothing else of it. The file is backed up
first. Without --client it lists the AI clients.`,
    )
    .argument('[servers...]', 'names or ids')
    .option('--client <client>', 'the client, by its word: cursor, vscode, claude-desktop, …')
    .option('--all', 'all servers')
    .addOption(
      new Option(
        '--launcher',
        'write entries that start "jackfield run", so that no secret leaves the keychain',
      ).conflicts('direct'),
    )
    .option('--direct', 'write entries that start the servers themselves')
    .option('--plain-secrets', 'write secrets in plain text; needs a yes')
    .addOption(new Option('--remove', 'take the entries of these servers out').conflicts('undo'))
    .option('--undo', "put the client's last backup back")
    .option('--dry-run', 'show the change of the file, and write nothing')
    .option('--overwrite', 'also replace entries that are not ours, or were changed in the file since')
    .option('-y, --yes', 'the yes to --plain-secrets');
  return command.action((words: string[], options: Options) =>
    perform(command, async (context) => {
      const door = await context.door();
      const { client } = options;
      if (client === undefined) {
        if (words.length > 0)
          throw unusable('Which client?', 'Name it with --client. Without servers too, export lists them.');
        const { clients } = await door.call('import.scan', {});
        context.output.result({ clients }, () => tellClients(context.output, clients));
        return EXIT.done;
      }
      const word = await knownClient(door, client);
      const change = await changeFor(door, word, words, options);
      return options.dryRun ? showChange(context, change) : makeChange(context, change, options);
    }),
  );
}

/** The word as it is spelled, or the client's title. @throws CommandError `not_found` */
async function knownClient(door: Door, word: string): Promise<string> {
  const { clients } = await door.call('import.scan', {});
  const wanted = word.toLowerCase();
  const found =
    clients.find(({ client }) => client === word) ??
    clients.find(({ client, title }) => [client.toLowerCase(), title.toLowerCase()].includes(wanted));
  if (found) return found.client;
  throw new CommandError(
    'not_found',
    `There is no AI client "${word}".`,
    meantOrThere(word, [...new Set(clients.map(({ client }) => client))], 'There is none here.', 50),
  );
}

async function changeFor(door: Door, client: string, words: string[], options: Options): Promise<Change> {
  if (options.undo)
    return {
      preview: () => door.call('export.undoPreview', { client }),
      apply: () => door.call('export.undo', { client }),
    };
  const servers = chosenServers(await door.call('app.snapshot', {}), words, options.all);
  const serverIds = servers.map(({ id }) => id);
  if (options.remove)
    return {
      preview: () => door.call('export.removePreview', { client, serverIds }),
      apply: (consent) => door.call('export.remove', { client, serverIds, consent }),
    };
  const form: ExportForm | undefined = options.launcher ? 'launcher' : options.direct ? 'direct' : undefined;
  const wish = {
    client,
    serverIds,
    plainSecrets: options.plainSecrets ?? false,
    ...(form && { form }),
  } as const;
  return {
    preview: () => door.call('export.preview', wish),
    apply: (consent) => door.call('export.apply', { ...wish, consent }),
  };
}

async function showChange({ output }: CommandContext, change: Change): Promise<number> {
  const preview = await change.preview();
  output.result(preview, () => tellPreview(output, preview));
  return EXIT.done;
}

async function makeChange({ output }: CommandContext, change: Change, options: Options): Promise<number> {
  if (
    options.plainSecrets &&
    !options.yes &&
    !(await confirm('Write secrets in plain text into that file?', output))
  )
    throw new CommandError(
      'consent_required',
      'Secrets in plain text can be read by every program of yours, and nobody said yes to that. Nothing was written.',
      'Use --launcher, which needs no secret in the file; or say --yes.',
    );
  const consent: Consent = options.overwrite ? ['overwrite'] : [];
  const result = await applied(change, consent).catch(async (error: unknown) => {
    if (!(error instanceof CommandError) || error.code !== 'consent_required') throw error;
    const hint = 'Look at it with --dry-run, then export again with --overwrite.';
    const refused = new CommandError(error.code, error.message, hint);
    if (output.isJson || !process.stdin.isTTY) throw refused;
    output.note(line(error.message));
    tellPreview(output, await change.preview());
    if (!(await confirm('Replace it?', output))) throw refused;
    return change.apply(['overwrite']);
  });
  output.result(result, () => {
    output.say(`Written: ${line(result.path)}`);
    if (result.backup !== undefined) output.say(`Backup:  ${line(result.backup)}`);
    for (const warning of result.warnings) output.note(line(warning));
  });
  return EXIT.done;
}

/** Makes it, unless it replaces what is not ours, and nobody said yes to that. */
async function applied(change: Change, consent: Consent): Promise<Result> {
  const { path, replaces = [] } = consent?.includes('overwrite') ? { path: '' } : await change.preview();
  if (replaces.length === 0) return change.apply(consent);
  const names = replaces.map((name) => `"${name}"`).join(', ');
  throw new CommandError(
    'consent_required',
    `${path} has ${names} already, and Jackfield did not write that. Nothing was written.`,
    '',
  );
}

function tellPreview(output: Output, { path, before, after, warnings }: Preview): void {
  output.say(output.style('bold', line(path)));
  const { hunks } = structuredPatch(path, path, before, after, '', '', { context: 3 });
  if (hunks.length === 0) output.say('Nothing would change.');
  for (const { oldStart, newStart, lines } of hunks) {
    output.say(output.style('cyan', `@@ from line ${oldStart}, then ${newStart} @@`));
    for (const text of lines)
      output.say(
        text.startsWith('+')
          ? output.style('green', harmless(text))
          : text.startsWith('-')
            ? output.style('red', harmless(text))
            : harmless(text),
      );
  }
  for (const warning of warnings) output.note(line(warning));
}
