import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { expect, it, vi } from 'vitest';
import { ROOT, type Ready } from '../support/host.js';
import { tempFolder } from '../support/temp-folder.js';

/** A zombie waits for its parent and runs no more. */
async function runs(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  return !/\) Z /.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''));
}

it.skipIf(process.platform === 'win32')(
  'stops the host when npm is killed and can pass nothing on',
  async () => {
    const dataDir = await tempFolder();
    const args = ['start', '--', '--browser', '--no-open', '--port', '0', '--json', '--data-dir', dataDir];
    const npm = spawn('npm', args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'ignore'], detached: true });
    let stdout = '';
    const ready = await new Promise<Ready>((resolve, reject) => {
      npm.stdout.on('data', (chunk: Buffer) => {
        stdout += String(chunk);
        const line = stdout.split('\n').find((text) => text.startsWith('{') && text.endsWith('}'));
        if (line) resolve(JSON.parse(line) as Ready);
      });
      npm.once('exit', (code) => reject(new Error(`npm ended with ${code}`)));
    });
    expect(await runs(ready.pid)).toBe(true);
    npm.kill('SIGKILL');
    await vi.waitFor(async () => expect(await runs(ready.pid)).toBe(false), {
      timeout: 10_000,
      interval: 100,
    });
  },
);
