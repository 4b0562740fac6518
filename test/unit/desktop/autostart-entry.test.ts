import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  autostartFile,
  execArgument,
  removeAutostartEntry,
  writeAutostartEntry,
} from '../../../src-main/hosts/desktop/autostart-entry.js';

it('is an XDG autostart entry that starts hidden, and can be taken back', async () => {
  const home = await mkdtemp(join(tmpdir(), 'jackfield-home-'));
  const surroundings = { env: {}, home, execPath: '/opt/Jack field/jackfield' };
  await writeAutostartEntry(surroundings);
  const text = await readFile(join(home, '.config/autostart/jackfield.desktop'), 'utf8');
  expect(text).toContain('Exec="/opt/Jack field/jackfield" --hidden\n');
  await removeAutostartEntry(surroundings);
  await expect(readFile(autostartFile(surroundings))).rejects.toThrow('ENOENT');
  await removeAutostartEntry(surroundings);
  await rm(home, { recursive: true });
});

it('names the AppImage itself, not where it is mounted', async () => {
  const home = await mkdtemp(join(tmpdir(), 'jackfield-home-'));
  const env = { XDG_CONFIG_HOME: join(home, 'c'), APPIMAGE: '/home/me/J.AppImage' };
  await writeAutostartEntry({ env, home, execPath: '/tmp/.mount_x/jackfield' });
  expect(await readFile(join(home, 'c/autostart/jackfield.desktop'), 'utf8')).toContain(
    '"/home/me/J.AppImage"',
  );
  await rm(home, { recursive: true });
});

it('escapes what the desktop entry specification reserves', () => {
  expect(execArgument(String.raw`/a "b" $c \d 100%`)).toBe(String.raw`"/a \\"b\\" \\$c \\\\d 100%%"`);
});
