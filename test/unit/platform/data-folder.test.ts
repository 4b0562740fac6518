import { expect, it } from 'vitest';
import { defaultDataFolder } from '../../../src-main/platform/data-folder.js';

it.each([
  ['win32', { APPDATA: 'D:\\Roaming' }, 'C:\\Users\\me', 'D:\\Roaming\\Jackfield'],
  ['win32', {}, 'C:\\Users\\me', 'C:\\Users\\me\\AppData\\Roaming\\Jackfield'],
  ['darwin', {}, '/Users/me', '/Users/me/Library/Application Support/Jackfield'],
  ['linux', { XDG_DATA_HOME: '/data' }, '/home/me', '/data/jackfield'],
  ['linux', { XDG_DATA_HOME: 'relative' }, '/home/me', '/home/me/.local/share/jackfield'],
  ['linux', { XDG_DATA_HOME: '' }, '/home/me', '/home/me/.local/share/jackfield'],
  ['freebsd', {}, '/home/me', '/home/me/.local/share/jackfield'],
] as const)('on %s with %j it is the platform’s own place', (platform, env, home, expected) => {
  expect(defaultDataFolder({ platform, env, home })).toBe(expected);
});
