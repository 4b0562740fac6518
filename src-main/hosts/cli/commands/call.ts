import { randomUUID } from 'node:crypto';
import { text as textOf } from 'node:stream/consumers';
import { Command, InvalidArgumentError } from 'commander';
import type { MethodResult, Server, Tool } from '../../../contract/index.js';
import { findServer } from '../../../app/launcher/find-server.js';
import { meantOrThere } from '../../../app/launcher/similar.js';
import type { CommandContext } from '../command-context.js';
import { CommandError, EXIT, unusable } from '../command-error.js';
import type { Door } from '../door.js';
import { harmless, type Output } from '../output.js';
import type { Perform } from '../program.js';
import { startServer } from '../start-server.js';

type Options = { timeout?: number };
type Input = Record<string, unknown>;
type Called = MethodResult<'tool.call'>;

export function callCommand(perform: Perform): Command {
  const command = new Command('call')
    .summary('call a tool of a server')
    .description(
      `Call a tool of a server. A server that does not run is started for the call and stopped after it.
Arguments: one JSON object, or NAME=VALUE for each; "-" reads the object from stdin.`,
    )
    .argument('<server>', 'name or id of a server')
    .argument('<tool>', 'name of the tool')
    .argument('[arguments...]', `'{"message":"hello"}', or message=hello, or -`)
    .option('--timeout <seconds>', 'give up after this time', secondsOf)
    .addHelpText('after', '\nExit code 1 also where the tool itself answers with an error.');
  return command.action((word: string, name: string, words: string[], { timeout }: Options) =>
    perform(command, async (context, signal) => {
      const door = await context.door();
      const { servers } = await door.call('app.snapshot', {});
      const server = findServer(servers, word);
      const serverId = server.id;
      await makeRun(context, door, server);
      const { tools } = await door.call('tool.list', { serverId });
      const input = await inputOf(words, toolNamed(tools, name));
      const callId = randomUUID();
      signal.addEventListener(
        'abort',
        () => void door.call('tool.cancel', { callId }).catch(() => undefined),
      );
      const called = await door.call('tool.call', {
        serverId,
        name,
        arguments: input,
        callId,
        ...(timeout !== undefined && { timeoutMs: timeout }),
      });
      context.output.result(called, () => tell(context.output, called));
      return called.result.isError ? EXIT.failed : EXIT.done;
    }),
  );
}

/** Sees to it that a server runs, and that it is left as it was found, also where the call is cut off. */
async function makeRun(context: CommandContext, door: Door, server: Server): Promise<void> {
  const serverId = server.id;
  const { runs } = await door.call('app.snapshot', {});
  if (runs.find((run) => run.serverId === serverId)?.state === 'running') return;
  context.atEnd(() => door.call('run.stop', { serverId }));
  await startServer(door, server);
}

function toolNamed(tools: readonly Tool[], name: string): Tool {
  const tool = tools.find((one) => one.name === name);
  if (tool) return tool;
  throw new CommandError(
    'not_found',
    `The server has no tool "${name}".`,
    meantOrThere(
      name,
      tools.map((one) => one.name),
      'It has no tools.',
      50,
    ),
  );
}

/** @throws CommandError for words that are neither JSON nor NAME=VALUE */
async function inputOf(words: readonly string[], tool: Tool): Promise<Input> {
  const [first = '', ...more] = words;
  if (words.length === 0) return {};
  if (first === '-' && more.length === 0) return jsonOf(await textOf(process.stdin), 'What came on stdin');
  if (first.trimStart().startsWith('{') && more.length === 0) return jsonOf(first, 'The argument');
  return Object.fromEntries(words.map((word) => pairOf(word, tool)));
}

function jsonOf(text: string, what: string): Input {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw unusable(
      `${what} is not JSON: ${error instanceof Error ? error.message : ''}.`,
      'It must be one object.',
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Input;
  throw unusable(`${what} is JSON, but no object.`, 'A tool takes one object, such as {"message":"hello"}.');
}

/** A value is JSON where it can be, unless the tool wants a text. */
function pairOf(word: string, { inputSchema }: Tool): [string, unknown] {
  const at = word.indexOf('=');
  if (at < 1)
    throw unusable(`"${word}" is no NAME=VALUE.`, `Or give one JSON object: '{"message":"hello"}'.`);
  const [name, text] = [word.slice(0, at), word.slice(at + 1)];
  const properties = (inputSchema['properties'] ?? {}) as Record<string, { type?: unknown } | undefined>;
  if (Object.hasOwn(properties, name) && properties[name]?.type === 'string') return [name, text];
  try {
    return [name, JSON.parse(text)];
  } catch {
    return [name, text];
  }
}

function tell(output: Output, { result, costUsd }: Called): void {
  for (const block of result.content as { type?: string; text?: string; mimeType?: string; uri?: string }[]) {
    if (block.type === 'text') output.say(harmless(block.text ?? ''));
    else
      output.say(
        output.style(
          'dim',
          harmless(`[${[block.type, block.mimeType, block.uri].filter(Boolean).join(' ')}]`),
        ),
      );
  }
  if (result.content.length === 0 && result.structuredContent !== undefined)
    output.say(harmless(JSON.stringify(result.structuredContent, null, 2)));
  if (result.isError) output.note(output.style('red', 'The tool answered with an error.'));
  if (costUsd !== undefined) output.note(`It cost ${costUsd} USD.`);
}

function secondsOf(text: string): number {
  const seconds = Number(text);
  if (!(seconds > 0 && seconds <= 3_600))
    throw new InvalidArgumentError('It must be a number of seconds, at most 3600.');
  return Math.max(1, Math.round(seconds * 1_000));
}
