import { execFileSync } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fake, RuntimeBench } from '../support/runtime-bench.js';

let home: string;
let bench: RuntimeBench | undefined;
beforeEach(async () => {
  home = await mkdtemp(path.join(tmpdir(), 'jackfield-uvx-'));
});
afterEach(async () => {
  await bench?.close();
  bench = undefined;
  await rm(home, { recursive: true, force: true, maxRetries: 5 });
});

let env: NodeJS.ProcessEnv;
const open = async (more: NodeJS.ProcessEnv): Promise<RuntimeBench> => {
  env = { HOME: home, ...more };
  return (bench = await RuntimeBench.open({ env }));
};

describe('a server run by uvx', () => {
  const asked = (): string => path.join(home, 'asked');

  /** A uvx that notes what it was asked, and starts nothing offline once its cache was emptied. */
  async function withFakeUvx(): Promise<RuntimeBench> {
    const bin = path.join(home, 'bin');
    await mkdir(bin);
    const script = `#!/bin/sh
echo "$*" >> '${asked()}'
if [ "$1" = --offline ] && [ -e '${home}/emptied' ]; then
  echo 'hint: Packages were unavailable because the network was disabled.' >&2; exit 1
fi
exec '${process.execPath}' '${fake('asking')}'
`;
    await writeFile(path.join(bin, 'uvx'), script);
    await chmod(path.join(bin, 'uvx'), 0o755);
    const opened = await open({ PATH: `${bin}:${process.env['PATH']}` });
    opened.add(
      'tool',
      { type: 'stdio', command: 'uvx', args: ['some-server', '--flag'] },
      { lifecycle: { restart: 'never' } },
    );
    return opened;
  }
  const calls = async (): Promise<string[]> => (await readFile(asked(), 'utf8')).trim().split('\n');

  it('asks the index at its first start, and not again for a week', async () => {
    const { runtime } = await withFakeUvx();
    const first = await runtime.start('tool');
    expect(first.shortcut).toBeUndefined();
    await runtime.stop('tool');
    const second = await runtime.start('tool');
    expect(second.shortcut).toEqual({ of: 'uvx', otherwiseMs: first.readyMs });
    expect(await calls()).toEqual(['some-server --flag', '--offline some-server --flag']);
    expect((await bench!.lines('tool', 'supervisor')).join('\n')).toContain(
      'without asking the package index',
    );

    await runtime.stop('tool');
    const file = path.join(bench!.dataDir, 'cache/packages-confirmed.json');
    const eightDaysAgo = Date.now() - 8 * 24 * 3_600_000;
    await writeFile(file, JSON.stringify({ 'uvx some-server': { at: eightDaysAgo, readyMs: 1 } }));
    const later = await RuntimeBench.open({ env }, { cacheDir: path.dirname(file) });
    try {
      later.servers.set('tool', bench!.servers.get('tool')!);
      expect((await later.runtime.start('tool')).shortcut).toBeUndefined();
      expect((await calls()).at(-1)).toBe('some-server --flag');
    } finally {
      await later.close();
    }
  });

  it('is started by way of the index after all where the cache was emptied, in the same start', async () => {
    const { runtime } = await withFakeUvx();
    await runtime.start('tool');
    await runtime.stop('tool');
    await writeFile(path.join(home, 'emptied'), '');
    const run = await runtime.start('tool');
    expect(run).toMatchObject({ state: 'running', restarts: 0 });
    expect(run.shortcut).toBeUndefined();
    expect(await calls()).toEqual([
      'some-server --flag',
      '--offline some-server --flag',
      'some-server --flag',
    ]);
    expect(bench!.states.get('tool')).toEqual([
      'starting',
      'running',
      'stopping',
      'stopped',
      'starting',
      'running',
    ]);
  });

  it('asks each time where that is switched off', async () => {
    const { runtime, settings } = await withFakeUvx();
    settings.fastLaunch = false;
    await runtime.start('tool');
    await runtime.restart('tool');
    expect(await calls()).toEqual(['some-server --flag', 'some-server --flag']);
  });
});

function versionOf(program: string): string | undefined {
  try {
    return execFileSync(program, ['--version'], { stdio: ['ignore', 'pipe', 'ignore'] })
      .toString()
      .trim();
  } catch {
    return undefined;
  }
}
const hasUv = versionOf('uv') !== undefined && versionOf('python3') !== undefined;
if (!hasUv) process.stderr.write('uv is not installed: the test of real uvx servers is left out.\n');

/** A package of one module, as a wheel: a zip of a certain shape, so Python can make it without any tool. */
const MAKE_WHEEL = `
import sys, zipfile
folder, server = sys.argv[1:]
info = 'tiny_mcp-1.0.dist-info/'
with zipfile.ZipFile(folder + '/tiny_mcp-1.0-py3-none-any.whl', 'w') as wheel:
    wheel.writestr('tiny_mcp.py', open(server).read())
    wheel.writestr(info + 'METADATA', 'Metadata-Version: 2.1\\nName: tiny-mcp\\nVersion: 1.0\\n')
    wheel.writestr(info + 'WHEEL', 'Wheel-Version: 1.0\\nGenerator: test\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n')
    wheel.writestr(info + 'entry_points.txt', '[console_scripts]\\ntiny-mcp = tiny_mcp:main\\n')
    wheel.writestr(info + 'RECORD', '')
`;
const TINY_SERVER = `
import json, sys
def main():
    for line in sys.stdin:
        asked = json.loads(line)
        if 'id' not in asked: continue
        version = asked.get('params', {}).get('protocolVersion')
        result = {
            'initialize': {'protocolVersion': version, 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'tiny', 'version': '1.0'}},
            'tools/list': {'tools': [{'name': 'args', 'inputSchema': {'type': 'object'}}]},
            'tools/call': {'content': [{'type': 'text', 'text': json.dumps(sys.argv[1:])}]},
        }.get(asked['method'], {})
        print(json.dumps({'jsonrpc': '2.0', 'id': asked['id'], 'result': result}), flush=True)
`;

it.skipIf(!hasUv)(
  'a real uvx runs it with the same arguments, from its cache alone the second time',
  async () => {
    const wheels = path.join(home, 'wheels');
    await mkdir(wheels);
    await writeFile(path.join(home, 'server.py'), TINY_SERVER);
    execFileSync('python3', ['-c', MAKE_WHEEL, wheels, path.join(home, 'server.py')]);
    const [settings, cache] = [path.join(home, '.config/uv'), path.join(home, 'uv')];
    await mkdir(settings, { recursive: true });
    const lines = ['no-index = true', `find-links = ["${wheels}"]`, `cache-dir = "${cache}"`];
    await writeFile(path.join(settings, 'uv.toml'), lines.join('\n'));
    const opened = await open({ PATH: process.env['PATH'] });
    const args = ['--from', 'tiny-mcp', 'tiny-mcp', '--flag', 'a b'];
    opened.add('tiny', { type: 'stdio', command: 'uvx', args });
    for (const shortcut of [undefined, { of: 'uvx', otherwiseMs: expect.any(Number) }]) {
      const run = await opened.runtime.start('tiny');
      expect(run).toMatchObject({ state: 'running', serverInfo: { name: 'tiny' } });
      expect(run.shortcut).toEqual(shortcut);
      const { result } = await opened.runtime.callTool('tiny', { name: 'args', arguments: {} });
      expect(result.content).toEqual([{ type: 'text', text: '["--flag", "a b"]' }]);
      await opened.runtime.stop('tiny');
    }
  },
);
