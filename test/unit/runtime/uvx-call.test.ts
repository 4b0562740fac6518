import { describe, expect, it } from 'vitest';
import { parseUvx } from '../../../src-main/runtime/launch/uvx-call.js';

describe('a uvx command line', () => {
  it.each([
    ['uvx', ['server'], ['--offline', 'server'], 'server'],
    ['uvx', ['server@1.2.3', '--flag'], ['--offline', 'server@1.2.3', '--flag'], 'server@1.2.3'],
    ['uvx', ['a[b,c]>=1,<2', 'x'], ['--offline', 'a[b,c]>=1,<2', 'x'], 'a[b,c]>=1,<2'],
    ['uvx', ['--from', 'pkg', 'tool'], ['--offline', '--from', 'pkg', 'tool'], 'pkg'],
    ['uvx', ['--from=pkg', '-q', 'tool'], ['--offline', '--from=pkg', '-q', 'tool'], 'pkg'],
    ['uvx', ['-p', '3.12', '--with', 'x', 's'], ['--offline', '-p', '3.12', '--with', 'x', 's'], 's'],
    ['uv', ['tool', 'run', 'server'], ['tool', 'run', '--offline', 'server'], 'server'],
  ])('%s %j', (command, args, offline, spec) =>
    expect(parseUvx(command, args)).toMatchObject({ offline, spec }),
  );

  it('has the same key however it is started, and another for other packages', () => {
    const key = (args: string[], command = 'uvx'): string | undefined => parseUvx(command, args)?.key;
    expect(key(['server', '--x'])).toBe(key(['tool', 'run', 'server', '--y'], 'uv'));
    expect(key(['--with', 'a', 'server'])).not.toBe(key(['server']));
  });

  it.each([
    ['uvx', []],
    ['uvx', ['--from', 'pkg']],
    ['uvx', ['server@latest']],
    ['uvx', ['--offline', 'server']],
    ['uvx', ['--refresh', 'server']],
    ['uvx', ['--index', 'https://x.test', 'server']],
    ['uvx', ['--from', 'git+https://x.test/a', 'tool']],
    ['uvx', ['--from', './here', 'tool']],
    ['uvx', ['--with', './here', 'server']],
    ['uvx', ['-w', './here', 'server']],
    ['uvx', ['https://x.test/a.whl']],
    ['uv', ['run', 'server.py']],
    ['python', ['server']],
  ])('%s %j is left as it is', (command, args) => expect(parseUvx(command, args)).toBeUndefined());
});
