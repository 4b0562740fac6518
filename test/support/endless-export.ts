import { Interchange } from '../../src-main/interchange/interchange.js';
import { server } from '../unit/interchange/servers.js';

// Writes one client's file over and over, until somebody ends it. Bundled and started by a test.

const [home = '', dataDir = ''] = process.argv.slice(2);
const interchange = new Interchange({ home, dataDir, platform: 'linux', env: {} });
process.stdout.write('started\n');
for (let count = 0; ; count += 1) {
  const args = [String(count % 2), 'x'.repeat(20_000)];
  await interchange.exportApply('cursor', [server('mine', { type: 'stdio', command: 'npx', args })]);
}
