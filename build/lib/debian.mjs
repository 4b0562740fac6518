import { existsSync, readFileSync } from 'node:fs';
import { run } from './run.mjs';
import { say } from './say.mjs';

/** What the tests need from the system, and a file that shows it is there. */
const NEEDED = {
  chromium: ['/usr/bin/chromium'],
  dbus: ['/usr/bin/dbus-run-session', '/usr/bin/dbus-daemon'],
  'gnome-keyring': ['/usr/bin/gnome-keyring-daemon'],
  'libsecret-1-0': [
    '/usr/lib/x86_64-linux-gnu/libsecret-1.so.0',
    '/usr/lib/aarch64-linux-gnu/libsecret-1.so.0',
    '/usr/lib/libsecret-1.so.0',
    '/usr/lib64/libsecret-1.so.0',
  ],
  // People's login shells, each asked in its own words.
  zsh: ['/usr/bin/zsh', '/bin/zsh'],
  fish: ['/usr/bin/fish'],
  // What judges the files that a Linux desktop reads of the packages.
  'desktop-file-utils': ['/usr/bin/desktop-file-validate'],
  'shared-mime-info': ['/usr/bin/update-mime-database'],
  appstream: ['/usr/bin/appstreamcli'],
  // Without a font Chromium draws boxes, and nothing on a screenshot can be read.
  'fonts-dejavu-core': ['/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf', '/usr/share/fonts'],
};

const isDebian = () =>
  existsSync('/etc/debian_version') ||
  (existsSync('/etc/os-release') && /debian/i.test(readFileSync('/etc/os-release', 'utf8')));

export const missingPackages = () =>
  Object.entries(NEEDED)
    .filter(([, files]) => !files.some(existsSync))
    .map(([name]) => name);

/** Installs what is missing where it may; else names the one command. @returns whether everything is there */
export async function ensureSystemPackages() {
  if (process.platform !== 'linux') return true;
  const missing = missingPackages();
  if (missing.length === 0) return true;
  const command = `apt-get install -y --no-install-recommends ${missing.join(' ')}`;
  if (!isDebian() || process.getuid?.() !== 0) {
    say(`The tests need ${missing.join(', ')}. On Debian or Ubuntu: sudo ${command}`);
    return false;
  }
  say(`Installing from Debian: ${missing.join(' ')} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update', '-qq'], { env, quiet: true });
  const code = await run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing], {
    env,
    quiet: true,
  });
  if (code !== 0) say(`That failed with exit code ${code}. Try it yourself: ${command}`);
  return missingPackages().length === 0;
}
