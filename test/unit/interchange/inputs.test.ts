import { describe, expect, it } from 'vitest';
import { planExport, planRemoval } from '../../../src-main/interchange/export/export-plan.js';
import { targetFor } from './messy/client-file.js';
import { linux, secret, server } from './servers.js';

// VS Code asks for secrets once: what Jackfield has put beside the servers for that goes with the last that needs it.

const target = targetFor('vscode');
const github = server('GitHub', {
  type: 'stdio',
  command: 'npx',
  args: ['gh'],
  env: { TOKEN: secret('1'), OTHER: secret('2') },
});
const token =
  '{ "type": "promptString", "id": "github-token", "description": "TOKEN for GitHub", "password": true }';
const file = (inputs: string, servers: string): string =>
  `{\n  "inputs": [${inputs}],\n  "servers": {\n    ${servers}\n  }\n}\n`;
const entry =
  '"GitHub": { "type": "stdio", "command": "npx", "args": ["gh"], "env": { "TOKEN": "${input:github-token}" } }';
const out = (text: string): string => planRemoval(text, target, ['GitHub']).text;
const without = (inputs: string, rest = ''): string => `{\n${inputs}  "servers": {\n${rest}  }\n}\n`;

describe('inputs that VS Code asks for', () => {
  it('come with an entry, and go with it, byte for byte', async () => {
    for (const text of [
      '{\n  "servers": {\n    "b": {}\n  }\n}\n',
      '{"servers":{"b":{}}}',
      `{\r\n\t"inputs": [\r\n\t\t${token.replace('github', 'my')}\r\n\t],\r\n\t"servers": {\r\n\t\t"b": {}\r\n\t}\r\n}`,
    ]) {
      const added = await planExport(text, target, [github], { place: linux });
      expect(added.text).toContain('github-other');
      expect(out(added.text)).toBe(text);
    }
  });

  it('go one by one, as the secrets do', async () => {
    const added = await planExport('', target, [github], { place: linux });
    const less = server('GitHub', {
      ...github.transport,
      env: { TOKEN: secret('1') },
    } as typeof github.transport);
    const { after } = await planExport(added.text, target, [less], { place: linux });
    expect((after['inputs'] as { id: string }[]).map(({ id }) => id)).toEqual(['github-token']);
  });

  it.each([
    [
      'another entry asks for it too',
      file(token, `${entry},\n    "b": { "url": "https://x/\${input:github-token}" }`),
    ],
    ['somebody changed its words', file(token.replace('for GitHub', 'of mine'), entry)],
    ['somebody gave it a default', file(token.replace('true }', 'true, "default": "x" }'), entry)],
    ['it is not hidden any more', file(token.replace('true', 'false'), entry)],
    ['a note stands in it', file(token.replace('"id"', '/* mine */ "id"'), entry)],
    [
      'its parts are in another order',
      file(token.replace('"type": "promptString", ', '').replace(' }', ', "type": "promptString" }'), entry),
    ],
    ['its id is another one', file(token.replace('github-token', 'gh'), entry.replace('github-token', 'gh'))],
    ['nobody asked for it before', file(token, entry.replace('${input:github-token}', 'x'))],
  ])('stay where %s', (_, text) => {
    const list = /"inputs": \[.*\],/.exec(text)?.[0] ?? '?';
    expect(out(text)).toContain(list);
  });

  it('leave the others of the list as they were', () => {
    const mine = '{ "type": "pickString", "id": "level", "options": ["a"] }';
    expect(out(file(`\n    // first\n    ${mine},\n    ${token}\n  `, entry))).toBe(
      without(`  "inputs": [\n    // first\n    ${mine}\n  ],\n`),
    );
  });
});
