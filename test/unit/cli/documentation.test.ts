import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { COMMAND_WORDS } from '../../../src-main/hosts/cli/command-words.js';
import { EXIT_CODES, makeProgram } from '../../../src-main/hosts/cli/program.js';
import { RUN_USAGE } from '../../../src-main/hosts/cli/run-command.js';

// docs/cli.md is made from the command's own help, so that it cannot say anything else. UPDATE_GOLDEN=1 writes it anew.

const FILE = fileURLToPath(new URL('../../../docs/cli.md', import.meta.url));

const INTRODUCTION = `# The jackfield command
In a checkout: \`npm run build\`, then \`node out/main/jackfield.js\`, or \`npm link\` once to have it as \`jackfield\`. An
installed Jackfield is the command itself: \`jackfield list\` where the package put it on the PATH, else by the path of
the program.

## How it reaches the app
A running Jackfield, with a window or in the browser, listens on the socket \`jackfield.sock\` in its data folder (mode
0600; where that path is too long for a socket, \`jackfield.sock.at\` says where it is; on Windows it is a pipe with a
name nobody can guess). It speaks the JSON-RPC of the window, one object a line. Whoever may open that file may do what
the window may do. Where no Jackfield runs, a command opens the data folder itself for as long as it takes; what is to
start by itself is then left alone.

## jackfield run
What an AI client starts in the place of a server. It reads \`catalog.json\` and the keychain by itself, so it needs no
running Jackfield and no secret travels over a socket.

- stdin, stdout and stderr are the client's own: not a byte passes through the launcher. Signals go to the server, and
  its exit code or signal is the launcher's.
- Nothing is left behind: where the launcher or the client is killed, the server's whole process group is ended. On
  Windows a server whose launcher was killed ends with its stdin.
- A server that is a script for the very Node that runs the launcher (\`node server.js\`, or \`npx\` with its package cached)
  is run in the launcher's own process: no second Node is started, and no memory is spent on a launcher. What it leaves
  behind is known by a mark in its environment, and ended after it.
- The server has the environment and the folder that the client gave, its own variables on top, and the PATH of the login
  shell first. That PATH, and nothing else of the environment, is remembered in \`cache/login-path.json\`.
- A server at a URL is bridged: its messages go to stdin and stdout.
- A command that came by import or from a remote is refused until it was allowed: \`jackfield allow\`.
- Secrets that are kept in memory for the session cannot be read by another program: such a server is refused.

## JSON
With \`--json\` a command prints one line of JSON on stdout when it is done, and nothing else there. What went wrong is
one line on stderr, \`{"error":{"code","message","hint","issues"?}}\`, for an unusable command line too. Keys may be added
and are never renamed; a key with \`?\` is left out where there is nothing to say. Shapes that are those of a method of the
interface are named by it.

| command | prints |
|---|---|
| \`list\` | \`{ running, servers: [SERVER] }\`, SERVER being \`{ id, name, description, tags, type, target, state, pid?, toolCount?, readyMs?, error?, links: [{ id, remote, remoteName, state }], clients: [{ client, title, entry, state }] }\` |
| \`list NAME\` | \`{ server: SERVER, tools? }\`; tools where it runs |
| \`start\`, \`stop\` | \`{ servers: [{ server, run? , error? }] }\` |
| \`logs\` | an entry a line: \`{ seq, at, stream, text }\` |
| \`call\` | what \`tool.call\` answers: \`{ result, durationMs, costUsd? }\` |
| \`sync\` | \`{ steps, outcomes }\`; with \`--dry-run\`, or where nothing is patched in, \`{ steps }\` |
| \`import\` | \`{ clients }\` without a source; \`{ items, problems, choices }\` with \`--dry-run\`; else \`{ added, overwritten, skipped, failed?, problems }\` |
| \`export\` | \`{ clients }\` without a client; \`{ path, before, after, warnings }\` with \`--dry-run\`; else \`{ path, backup?, warnings }\` |
| \`doctor\` | \`{ running, app, servers: [{ server, id, findings }] }\` |
| \`allow\` | what \`trust.state\` answers, \`trusted\` being true |
`;

/** The same on every terminal and in every folder. */
const helpOf = (command: Command): string => command.configureHelp({ helpWidth: 100 }).helpInformation();

function madePage(): string {
  const program = makeProgram(() => Promise.resolve());
  const parts = [INTRODUCTION, '## Commands', fenced(helpOf(program)), EXIT_CODES];
  for (const command of program.commands) {
    if (command.name() === 'complete') continue;
    parts.push(`### ${command.name()}`, fenced(helpOf(command)));
  }
  return `${parts.join('\n\n').replaceAll(/\n{3,}/g, '\n\n')}\n`;
}

const fenced = (text: string): string => `\`\`\`\n${text.trimEnd()}\n\`\`\``;

describe('docs/cli.md', () => {
  it('says what the command itself says', async () => {
    const page = madePage();
    if (process.env['UPDATE_GOLDEN']) await writeFile(FILE, page);
    expect(await readFile(FILE, 'utf8')).toBe(page);
  });

  it('has a help for run that fits what run itself says', () => {
    const run = makeProgram(() => Promise.resolve()).commands.find((one) => one.name() === 'run');
    for (const sentence of run?.description().split('\n') ?? ['?'])
      expect(RUN_USAGE.replaceAll(/\s+/g, ' ')).toContain(sentence.replaceAll(/\s+/g, ' ').trim());
  });

  it('knows the words that the desktop app takes for commands', () => {
    const words = makeProgram(() => Promise.resolve()).commands.map((one) => one.name());
    expect([...COMMAND_WORDS].sort()).toEqual([...words, 'help'].sort());
  });
});
