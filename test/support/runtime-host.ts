// A host that can be killed: starts the servers it is told of and says so. Bundled and run as a process by a test.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { serverSchema, settingsSchema } from '../../src-main/contract/index.js';
import { Runtime } from '../../src-main/runtime/runtime.js';

const [dataDir = '', serversFile = '', ending = ''] = process.argv.slice(2);
const servers = serverSchema.array().parse(JSON.parse(readFileSync(serversFile, 'utf8')));
const runtime = new Runtime({
  dataDir,
  cacheDir: path.join(dataDir, 'cache'),
  server: (id) => servers.find((server) => server.id === id),
  settings: () => settingsSchema.parse({}),
  resolve: async (value) => String(value),
  redact: (text) => text,
  appVersion: '0.0.0',
  resultJudge: '',
});
process.once('SIGTERM', () => void runtime.dispose().then(() => process.exit(0)));
const notices = await runtime.sweep();
const runs = ending === 'idle' ? [] : await Promise.all(servers.map((server) => runtime.start(server.id)));
process.stdout.write(`${JSON.stringify({ notices, runs })}\n`);
if (ending === 'throw') {
  setTimeout(() => {
    throw new Error('an uncaught error of the host');
  }, 0);
}
