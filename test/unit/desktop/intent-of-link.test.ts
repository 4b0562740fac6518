import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { intentOfLink } from '../../../src-main/hosts/desktop/intent-of-link.js';

const base64 = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64');
const install = (query: Record<string, string>): string =>
  `jackfield://install?${new URLSearchParams(query).toString()}`;
const SERVER = { command: 'npx', args: ['-y', 'some-server'], env: { A: 'ü+/' } };

describe('jackfield:// links', () => {
  it('lead to a screen', () => {
    expect(intentOfLink('jackfield://open/settings')).toEqual({ kind: 'command', command: 'go.settings' });
  });

  it('lead to a server', () => {
    expect(intentOfLink('jackfield://server/srv-1')).toEqual({ kind: 'server', serverId: 'srv-1' });
  });

  it('carry one server to the import screen, whole', () => {
    const intent = intentOfLink(install({ name: 'My server', config: base64(SERVER) }));
    expect(intent).toMatchObject({ kind: 'import' });
    expect(JSON.parse((intent as { text: string }).text)).toEqual({ mcpServers: { 'My server': SERVER } });
  });

  it('carry a whole file, in either alphabet of base64', () => {
    const file = { mcpServers: { a: SERVER, b: { url: 'https://example.com/mcp?x=~~~???' } } };
    const safe = Buffer.from(JSON.stringify(file)).toString('base64url');
    for (const config of [base64(file), safe]) {
      const intent = intentOfLink(`jackfield://install?config=${config}`);
      expect(JSON.parse((intent as { text: string }).text)).toEqual(file);
    }
  });

  it.each([
    ['another scheme', 'https://install?config=e30='],
    ['an unknown action', 'jackfield://run/srv-1'],
    ['an unknown screen', 'jackfield://open/constructor'],
    ['a screen with more to it', 'jackfield://open/settings/x'],
    ['a screen with a query', 'jackfield://open/settings?theme=dark'],
    ['an id with a path in it', 'jackfield://server/..%2f..%2fetc'],
    ['no id', 'jackfield://server/'],
    ['credentials', 'jackfield://user:pass@open/settings'],
    ['a port', 'jackfield://open:1/settings'],
    ['no name', install({ config: base64(SERVER) })],
    ['a name with a line break', install({ name: 'a\nb', config: base64(SERVER) })],
    ['an unknown parameter', install({ name: 'a', config: base64(SERVER), start: 'true' })],
    ['a parameter twice', `${install({ name: 'a', config: base64(SERVER) })}&name=b`],
    ['no base64', install({ name: 'a', config: '{"command":"x"}' })],
    ['no JSON', install({ name: 'a', config: Buffer.from('rm -rf /').toString('base64') })],
    ['a list', install({ name: 'a', config: base64([SERVER]) })],
    ['a text', install({ name: 'a', config: base64('x') })],
    ['no UTF-8', install({ name: 'a', config: Buffer.from([0xff, 0xfe]).toString('base64') })],
    ['too much', install({ name: 'a', config: base64({ command: 'x'.repeat(200_000) }) })],
    ['nothing', ''],
  ])('are refused with %s', (_what, link) => {
    expect(intentOfLink(link)).toBeUndefined();
  });

  it('never throw, whatever they hold', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((s) => `jackfield://${s}`),
        ),
        (link) => {
          const intent = intentOfLink(link);
          return intent === undefined || ['command', 'server', 'import'].includes(intent.kind);
        },
      ),
    );
  });
});
