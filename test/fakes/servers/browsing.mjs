// Opens "the person's browser" the way a sign-in does: detached, and left alone. Its pid goes to the file given first;
// the program to run as the browser second.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { serve } from './bare-protocol.mjs';

const [pidFile, browser, ...args] = process.argv.slice(2);
const opener = `const c = require('node:child_process').spawn(${JSON.stringify(browser)}, ${JSON.stringify(args)}, { detached: true, stdio: 'ignore' });
process.stdout.write(String(c.pid), () => process.exit(0));`;
const child = spawn(process.execPath, ['-e', opener], {
  detached: true,
  stdio: ['ignore', 'pipe', 'inherit'],
});
let pid = '';
child.stdout.on('data', (chunk) => (pid += chunk));
child.on('close', () => {
  writeFileSync(pidFile, pid);
  serve({});
});
