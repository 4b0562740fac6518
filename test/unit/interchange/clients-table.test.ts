import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { ClientSpec, Place } from '../../../src-main/interchange/clients/client-spec.js';
import { CLIENTS } from '../../../src-main/interchange/clients/index.js';

// docs/clients.md is made from the client files, so that it cannot say anything else. UPDATE_GOLDEN=1 writes it anew.

const FILE = fileURLToPath(new URL('../../../docs/clients.md', import.meta.url));

const INTRODUCTION = `# AI clients
Jackfield reads and writes the files of these clients. An export changes the entries it is asked to change and no other
byte; the file as it was is kept in \`backups/clients/\` of the data folder. A client that cannot reach a server itself is
given \`npx mcp-remote\` where the table says *bridge*. An entry that is switched off there stays so. Tools that may run,
and those that run without asking, are written where the client has a list of them; a list of those that may not run is
left as it is. The last column says which version of a client, or of the page that the link leads to, says so.

Cherry Studio keeps its servers in a database, so there is no file to write; its install links and what
it shares as text are understood by Import.
`;

const PLACES: Place[] = [
  { platform: 'linux', home: '~', env: {} },
  { platform: 'darwin', home: '~', env: {} },
  { platform: 'win32', home: '~', env: { APPDATA: 'C:\\%APPDATA%', LOCALAPPDATA: 'C:\\%LOCALAPPDATA%' } },
];

function pathsOf(client: ClientSpec): string {
  if (client.inProject) return `\`${client.inProject}\` in a project`;
  const paths = PLACES.map((place) => (client.paths(place).at(-1) ?? '').replace('C:\\%', '%'));
  const [linux, mac, windows] = paths;
  const same = linux === mac && windows?.replaceAll('\\', '/') === linux;
  return same ? `\`${linux}\`` : `\`${linux}\`, macOS \`${mac}\`, Windows \`${windows}\``;
}

function secretsOf({ secretsAs, dialect: { references, headerReferences } }: ClientSpec): string {
  if (secretsAs) return secretsAs;
  const variable = references.env ?? headerReferences?.env;
  const shown = variable && `\`${variable('NAME')}\`${references.env ? '' : ' in headers'}`;
  if (references.inputs) return `asked for once (\`inputs\`), or ${shown ?? ''}`;
  return shown ?? 'plain text only';
}

function rowOf(client: ClientSpec): string {
  const { transports, bridge } = client.dialect;
  const reached = [...transports.map((type) => type.replace('_', ' ')), ...(bridge ? ['*bridge*'] : [])].join(
    ', ',
  );
  const cells = [
    `[${client.title}](${client.source})`,
    `\`${client.word}\``,
    pathsOf(client),
    client.format,
    reached,
    secretsOf(client),
    offOf(client),
    toolsOf(client),
    client.seen,
  ];
  return `| ${cells.join(' | ')} |`;
}

const offOf = ({ dialect: { off } }: ClientSpec): string => (off ? `\`${off.key}: ${off.value}\`` : '');

function toolsOf({ dialect: { tools = {} } }: ClientSpec): string {
  const lists = [
    tools.allow && `\`${tools.allow}\` may run`,
    tools.deny && `\`${tools.deny}\` may not`,
    tools.autoApprove && `\`${tools.autoApprove}\` without asking`,
  ];
  return lists.filter(Boolean).join(', ');
}

const HEAD =
  '| client | word | file | format | reaches | a secret stands there as | switched off by | lists of tools | as of |\n|---|---|---|---|---|---|---|---|---|';

describe('the table of clients', () => {
  it('says what the client files say', async () => {
    const text = `${INTRODUCTION}\n${HEAD}\n${CLIENTS.map(rowOf).join('\n')}\n`;
    if (process.env['UPDATE_GOLDEN'] === '1') await writeFile(FILE, text);
    expect(await readFile(FILE, 'utf8')).toBe(text);
  });
});
