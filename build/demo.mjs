import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle } from './lib/bundle.mjs';
import { inRoot, ROOT } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { runScript, say, ScriptError } from './lib/say.mjs';

const STOP_LIMIT_MS = 10_000;
const wantsJson = process.argv.includes('--json');

const official = (name, ...args) => ({
  type: 'stdio',
  command: process.execPath,
  args: [inRoot(`node_modules/@modelcontextprotocol/server-${name}/dist/index.js`), ...args],
});

/** A child whose first line of output is JSON. */
function startAndHear(file, args) {
  const child = spawn(process.execPath, [file, ...args], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = new Promise((resolve) => child.once('exit', resolve));
  const first = new Promise((resolve, reject) => {
    let text = '';
    child.stdout.on('data', (chunk) => {
      text += chunk;
      if (text.includes('\n')) resolve(JSON.parse(text.slice(0, text.indexOf('\n'))));
    });
    child.once('error', reject);
    void exited.then((code) => reject(new ScriptError(`${file} ended with ${code} before it was ready.`)));
  });
  return { child, exited, first };
}

/** Sets the demo up through the same door as any other program. */
async function fill({ rpc, token }, remotes, folder) {
  const { WebSocket } = await import('ws');
  const socket = new WebSocket(rpc, ['jackfield.v1', `bearer.${token}`]);
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  let nextId = 1;
  const call = (method, params) =>
    new Promise((resolve, reject) => {
      const id = nextId++;
      const hear = (data) => {
        const answer = JSON.parse(data);
        if (answer.id !== id) return;
        socket.off('message', hear);
        if (answer.error) reject(new ScriptError(`${method}: ${answer.error.message}`));
        else resolve(answer.result);
      };
      socket.on('message', hear);
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  const servers = [
    {
      name: 'everything',
      description: 'Every feature of MCP, to try them on',
      tags: ['demo'],
      transport: official('everything'),
    },
    {
      name: 'files',
      description: 'A folder of its own',
      tags: ['demo'],
      transport: official('filesystem', folder),
    },
  ];
  for (const server of servers) await call('server.create', { server });
  await call('remote.create', { remote: { kind: 'letta', name: 'Letta (demo)', baseUrl: remotes.letta } });
  await call('remote.create', {
    remote: { kind: 'bifrost', name: 'Bifrost (demo)', baseUrl: remotes.bifrost },
  });
  socket.close();
}

/** `npm run demo`: the app on a throw-away folder, with two servers and a stand-in for each kind of remote. */
await runScript(async () => {
  await prepare();
  const folder = mkdtempSync(join(tmpdir(), 'jackfield-demo-'));
  const fakes = startAndHear(await bundle('test/fakes/serve.ts'), []);
  const host = startAndHear(inRoot('out/main/browser.js'), [
    '--no-open',
    '--port',
    '0',
    '--json',
    '--data-dir',
    folder,
  ]);
  const stop = () => {
    host.child.kill('SIGTERM');
    fakes.child.kill('SIGTERM');
    setTimeout(() => [host, fakes].forEach(({ child }) => child.kill('SIGKILL')), STOP_LIMIT_MS).unref();
  };
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    const ready = await host.first;
    await fill(ready, await fakes.first, folder);
    process.stdout.write(wantsJson ? `${JSON.stringify(ready)}\n` : `The demo is ready: ${ready.url}\n`);
    if (!wantsJson) say('Everything in it is thrown away when you stop it with Ctrl+C.');
    const code = await host.exited;
    stop();
    await fakes.exited;
    return code ?? 0;
  } catch (error) {
    stop();
    await Promise.all([host.exited, fakes.exited]);
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
