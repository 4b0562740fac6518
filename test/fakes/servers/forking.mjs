// Starts children of its own: one in its group, one that leaves the group, and one whose parent ends at once (a
// daemon). With --stubborn none of them ends at SIGTERM. Their pids are written to the file given as first argument.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { serve } from './bare-protocol.mjs';

const [pidFile, ...options] = process.argv.slice(2);
const stubborn = options.includes('--stubborn');
const sleeper = `${stubborn ? "process.on('SIGTERM', () => {});" : ''} setInterval(() => {}, 60000);`;
const child = (detached) => spawn(process.execPath, ['-e', sleeper], { detached, stdio: 'ignore' }).pid;

const daemonMaker = spawn(
  process.execPath,
  [
    '-e',
    `const child = require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(sleeper)}], { detached: true, stdio: 'ignore' });
     process.stdout.write(String(child.pid), () => process.exit(0));`,
  ],
  { detached: true, stdio: ['ignore', 'pipe', 'inherit'] },
);
let daemon = '';
daemonMaker.stdout.on('data', (chunk) => (daemon += chunk));
daemonMaker.on('close', () => {
  writeFileSync(pidFile, JSON.stringify([process.pid, child(false), child(true), Number(daemon)]));
  serve({ keepAlive: options.includes('--keep-alive') });
});
