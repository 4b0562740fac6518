import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { realServer, ROOT, type Ready } from '../support/host.js';
import { RpcClient } from '../support/rpc-client.js';

describe.skipIf(process.platform === 'win32')('npm start -- --browser', () => {
  let dataDir: string;
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield-npm-'));
  });
  afterAll(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }));

  it.each([
    ['SIGTERM to npm', 'SIGTERM', false],
    ['SIGINT to npm', 'SIGINT', false],
    ['Ctrl+C, which reaches npm and all below it', 'SIGINT', true],
  ] as const)('stops every server and answers 0 on %s', async (_what, signal, toGroup) => {
    const args = ['start', '--', '--browser', '--no-open', '--port', '0', '--json', '--data-dir', dataDir];
    const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'], detached: true });
    const exited = new Promise<number | null>((resolve) => npm.once('exit', resolve));
    let stdout = '';
    const ready = await new Promise<Ready>((resolve, reject) => {
      npm.stdout.on('data', (chunk: Buffer) => {
        stdout += String(chunk);
        const line = stdout.split('\n').find((text) => text.startsWith('{') && text.endsWith('}'));
        if (line) resolve(JSON.parse(line) as Ready);
      });
      void exited.then((code) => reject(new Error(`npm ended with ${code}`)));
    });
    const client = await RpcClient.connect(ready.rpc, ready.token);
    const name = `under npm ${signal} ${toGroup}`;
    const { server } = await client.call('server.create', {
      server: { name, transport: realServer('memory') },
    });
    const { run } = await client.call('run.start', { serverId: server.id });
    process.kill(toGroup ? -(npm.pid ?? 0) : (npm.pid ?? 0), signal);
    expect(await exited).toBe(0);
    for (const pid of [ready.pid, run.pid ?? 0]) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});
