import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jackfield } from '../support/command.js';
import { Desktop, stageDesktop } from '../support/desktop.js';
import { Host } from '../support/host.js';

const PACKAGED = { STUB_PACKAGED: '1' };

describe('the desktop app as the command', () => {
  let staged: string;
  let dataDir: string;
  beforeAll(async () => {
    staged = await stageDesktop();
    dataDir = await mkdtemp(join(tmpdir(), 'jackfield-'));
    await using host = await Host.start({ dataDir });
    const script =
      "console.log(JSON.stringify({ ran: process.env.ELECTRON_RUN_AS_NODE ?? 'plainly' })); process.exit(7)";
    await host.client.call('server.create', {
      server: {
        name: 'seven',
        transport: { type: 'stdio', command: process.execPath, args: ['-e', script] },
      },
    });
  });
  afterAll(async () => {
    await rm(staged, { recursive: true, force: true, maxRetries: 5 });
    await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
  });

  it('lists, and opens no window', async () => {
    const app = Desktop.start(staged, dataDir, PACKAGED, 'list', '--json');
    expect(await app.exited).toEqual({ code: 0, signal: null });
    expect(app.told).toMatchObject([
      { running: false, servers: [{ name: 'seven' }] },
      { event: 'exit', code: 0 },
    ]);
  });

  it('becomes a server, beside an app that has a window', async () => {
    const window = Desktop.start(staged, dataDir, PACKAGED);
    await window.heard('window');
    await window.ask('app.info');
    const listed = await jackfield(['list', '--json'], { dataDir });
    expect(JSON.parse(listed.stdout)).toMatchObject({ running: true });
    const app = Desktop.start(staged, dataDir, { ...PACKAGED, STUB_LOCKED: '1' }, 'run', 'seven');
    expect((await app.exited).code).toBe(7);
    expect(app.told).toMatchObject([{ ran: 'plainly' }, { event: 'exit', code: 7 }]);
    window.do({ do: 'quit' });
    expect((await window.exited).code).toBe(0);
    expect(JSON.parse((await jackfield(['list', '--json'], { dataDir })).stdout)).toMatchObject({
      running: false,
    });
  });
});
