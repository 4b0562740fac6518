import { Command, Option } from 'commander';
import type { Change, Consent, Outcome, Snapshot, Step } from '../../../contract/index.js';
import { findServer } from '../../../app/launcher/find-server.js';
import { meantOrThere } from '../../../app/launcher/similar.js';
import { CommandError, EXIT } from '../command-error.js';
import { confirm } from '../confirm.js';
import { line, type Output, type Style } from '../output.js';
import type { Perform } from '../program.js';

type Options = { remote?: string; dryRun?: boolean; yes?: boolean; resolve?: 'local' | 'remote' };
type Titles = (linkId: string) => string;

const ACTION_STYLE: Record<Step['action'], Style> = {
  none: 'dim',
  create: 'green',
  update: 'cyan',
  replace: 'yellow',
  delete: 'red',
  conflict: 'red',
  blocked: 'red',
};
const STATUS_STYLE: Record<Outcome['status'], Style> = {
  synced: 'green',
  unchanged: 'dim',
  queued: 'yellow',
  failed: 'red',
  conflict: 'red',
  blocked: 'red',
};
const IS_DONE = new Set<Outcome['status']>(['synced', 'unchanged']);

export function syncCommand(perform: Perform): Command {
  const command = new Command('sync')
    .summary('bring servers to the remotes they are patched into')
    .description(
      `Bring servers to the remotes they are patched into. What is written is read back and compared.
Shows first what would be done; what replaces, renames or deletes something needs a yes.`,
    )
    .argument('[servers...]', 'names or ids; all that are patched in, where none is named')
    .option('--remote <name>', 'this remote alone')
    .option('--dry-run', 'show what would be done, and do nothing')
    .option('-y, --yes', 'the yes to replacing, renaming and deleting')
    .addOption(
      new Option('--resolve <side>', 'which side wins where both were edited').choices(['local', 'remote']),
    )
    .addHelpText('after', '\nExit code 1 where anything did not arrive, also where it waits for a remote.');
  return command.action((words: string[], options: Options) =>
    perform(command, async (context) => {
      const { output } = context;
      const door = await context.door();
      const snapshot = await door.call('app.snapshot', {});
      const linkIds = linksFor(snapshot, words, options.remote);
      const titleOf = titles(snapshot);
      const { steps } = linkIds.length === 0 ? { steps: [] } : await door.call('sync.plan', { linkIds });
      if (!output.isJson) tellSteps(output, steps, titleOf);
      if (options.dryRun || linkIds.length === 0) {
        if (output.isJson) output.json({ steps });
        return EXIT.done;
      }
      const consent = [...new Set(steps.flatMap((step) => step.requiresConsent ?? []))];
      if (consent.length > 0 && !options.yes && !(await confirm(`Do that (${consent.join(', ')})?`, output)))
        throw new CommandError(
          'consent_required',
          `This would ${listed(consent)} something on a remote, and nobody said yes. Nothing was written.`,
          'Look at it with --dry-run, then say --yes.',
        );
      const { outcomes } = await door.call('sync.apply', {
        linkIds,
        ...(consent.length > 0 && { consent }),
        ...(options.resolve && { resolve: resolution(steps, options.resolve) }),
      });
      output.result({ steps, outcomes }, () => tellOutcomes(output, outcomes, titleOf, door.isRunning));
      return outcomes.every(({ status }) => IS_DONE.has(status)) ? EXIT.done : EXIT.failed;
    }),
  );
}

const listed = (words: readonly Consent[]): string => words.join(' and ');

/** Both sides' edits, and what one side cannot hold: only links that need it are resolved. */
function resolution(steps: readonly Step[], side: 'local' | 'remote'): Record<string, 'local' | 'remote'> {
  const needy = steps.filter(({ action }) => action === 'conflict' || action === 'blocked');
  return Object.fromEntries(needy.map(({ linkId }) => [linkId, side]));
}

/** @throws CommandError `not_found` for an unknown remote, or a server that is patched nowhere */
function linksFor(
  { servers, remotes, links }: Snapshot,
  words: readonly string[],
  remote?: string,
): string[] {
  const wanted =
    remote === undefined
      ? undefined
      : remotes.find(({ id, name }) => id === remote || name.toLowerCase() === remote.toLowerCase());
  if (remote !== undefined && !wanted)
    throw new CommandError(
      'not_found',
      `There is no remote "${remote}".`,
      meantOrThere(
        remote,
        remotes.map(({ name }) => name),
        'There are no remotes yet: add one in Jackfield.',
      ),
    );
  const ofRemote = links.filter((link) => !wanted || link.remoteId === wanted.id);
  if (words.length === 0) return ofRemote.map(({ id }) => id);
  return words.flatMap((word) => {
    const server = findServer(servers, word);
    const found = ofRemote.filter(({ serverId }) => serverId === server.id).map(({ id }) => id);
    if (found.length > 0) return found;
    throw new CommandError(
      'not_found',
      `"${server.name}" is not patched into ${wanted ? `"${wanted.name}"` : 'any remote'}.`,
      'Patch it in first, in the patch bay of Jackfield.',
    );
  });
}

function titles({ servers, remotes, links }: Snapshot): Titles {
  return (linkId) => {
    const link = links.find(({ id }) => id === linkId);
    const server = servers.find(({ id }) => id === link?.serverId)?.name ?? linkId;
    return line(`${server} → ${remotes.find(({ id }) => id === link?.remoteId)?.name ?? '?'}`);
  };
}

function tellSteps(output: Output, steps: readonly Step[], titleOf: Titles): void {
  if (steps.length === 0) return output.say('Nothing is patched in there.');
  for (const step of steps) {
    const { linkId, action, changes, losses, warnings } = step;
    output.say(
      `${titleOf(linkId)}: ${output.style(ACTION_STYLE[action], action === 'none' ? 'nothing to do' : action)}`,
    );
    for (const change of changes) output.say(`    ${describe(change, action)}`);
    for (const { field, reason } of losses)
      output.say(`    ${output.style('yellow', 'left out')} ${line(field)}: ${line(reason)}`);
    for (const warning of warnings) output.say(`    ${output.style('yellow', line(warning))}`);
  }
}

function describe({ field, local, remote, secret }: Change, action: Step['action']): string {
  const shown = (value: unknown): string =>
    secret && value !== undefined
      ? '••••'
      : value === undefined
        ? '(nothing)'
        : line(JSON.stringify(value)).slice(0, 120);
  return `${line(field)}: ${action === 'create' ? shown(local) : `${shown(remote)} → ${shown(local)}`}`;
}

function tellOutcomes(
  output: Output,
  outcomes: readonly Outcome[],
  titleOf: Titles,
  isRunning: boolean,
): void {
  output.say();
  for (const { linkId, status, verified, error } of outcomes) {
    const word = status === 'synced' && verified ? 'synced and read back' : status;
    output.say(`${titleOf(linkId)}: ${output.style(STATUS_STYLE[status], word)}`);
    if (error) output.say(`    ${line(error.message)} ${line(error.hint)}`);
    if (status === 'queued' && !isRunning)
      output.say('    It is delivered when Jackfield runs, or by the next sync.');
  }
}
