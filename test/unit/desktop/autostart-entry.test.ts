import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  autostartFile,
  hasAutostartEntry,
  execArgument,
  removeAutostartEntry,
  writeAutostartEntry,
} from '../../../src-main/hosts/desktop/autostart-entry.js';

it('is an XDG autostart entry that starts hidden, and can be taken back', async () => {
  const home = await mkdtemp(join(tmpdir(), 'jackfield-home-'));
  const surroundings = { env: {}, home, execPath: '/opt/Jack field/jackfield' };
  await writeAutostartEntry(surroundings);
  const text = await readFile(join(home, '.config/autostart/jackfield.desktop'), 'utf8');
  expect(text).toContain('\nExec="/opt/Jack field/jackfield" --hidden\n');
  // A desktop passes an entry over whose program has been removed.
  expect(text).toContain('\nTryExec=/opt/Jack field/jackfield\n');
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

it.each([
  ['Hidden=true', false],
  ['X-GNOME-Autostart-enabled=false', false],
  ['X-GNOME-Autostart-enabled = false ', false],
  ['Comment=Hidden=true', true],
])('is off where a desktop has put %j into it', async (line, isOn) => {
  const surroundings = { env: {}, home: await mkdtemp(join(tmpdir(), 'jackfield-home-')), execPath: '/j' };
  expect(await hasAutostartEntry(surroundings)).toBe(false);
  await writeAutostartEntry(surroundings);
  expect(await hasAutostartEntry(surroundings)).toBe(true);
  const file = autostartFile(surroundings);
  await writeFile(file, `${await readFile(file, 'utf8')}${line}\n`);
  expect(await hasAutostartEntry(surroundings)).toBe(isOn);
  await rm(surroundings.home, { recursive: true });
});
