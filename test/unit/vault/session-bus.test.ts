import { createServer } from 'node:net';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { withSessionBus } from '../../../src-main/vault/session-bus.js';
import { tempFolder } from '../../support/temp-folder.js';

describe.skipIf(process.platform === 'win32')('the session bus of a bare environment', () => {
  const uid = process.getuid?.() ?? 0;

  it('is found where systemd keeps it', async () => {
    const base = await tempFolder();
    await mkdir(join(base, String(uid)));
    const bus = join(base, String(uid), 'bus');
    const server = createServer().listen(bus);
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    expect(withSessionBus({ HOME: '/h' }, { platform: 'linux', uid, base })).toEqual({
      HOME: '/h',
      XDG_RUNTIME_DIR: join(base, String(uid)),
      DBUS_SESSION_BUS_ADDRESS: `unix:path=${bus}`,
    });
    // Somebody else's bus is none of ours.
    expect(withSessionBus({}, { platform: 'linux', uid: uid + 1, base })).toEqual({});
  });

  it('is left as it is where it is named, elsewhere than on Linux, and where there is none', async () => {
    const base = await tempFolder();
    const named = { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/x' };
    expect(withSessionBus(named, { platform: 'linux', uid, base })).toBe(named);
    const bare = {};
    expect(withSessionBus(bare, { platform: 'darwin', uid, base })).toBe(bare);
    expect(withSessionBus(bare, { platform: 'linux', uid, base })).toBe(bare);
  });
});
