import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import yaml from 'yaml';
import { inRoot } from '../paths.mjs';

const { LinuxTargetHelper } = createRequire(inRoot('node_modules/electron-builder/cli.js'))(
  'app-builder-lib/out/targets/LinuxTargetHelper',
);
const SCHEME = 'jackfield';
const EXTENSIONS = ['mcpb', 'dxt'];

const config = () => yaml.parse(readFileSync(inRoot('build/electron-builder.yml'), 'utf8'));

/**
 * The desktop entry that deb, rpm and AppImage get, by electron-builder's own code: a folder build makes none.
 * @returns {Promise<string>}
 */
export async function desktopEntry() {
  const { productName, linux, protocols, fileAssociations, mac, extraMetadata } = config();
  const packager = {
    appInfo: { productName, sanitizedProductName: productName, description: '' },
    executableName: linux.executableName,
    info: { metadata: extraMetadata },
    config: { protocols, mac },
    platformSpecificBuildOptions: linux,
    fileAssociations,
  };
  return Object.assign(Object.create(LinuxTargetHelper.prototype), { packager }).computeDesktopEntry(linux);
}

/** That links of ours and bundles open the app, on the platform at hand. */
export async function checkAssociations({ resources }) {
  if (process.platform === 'win32') return [];
  const isMac = process.platform === 'darwin';
  const text = isMac ? readFileSync(join(resources, '../Info.plist'), 'utf8') : await desktopEntry();
  const wanted = isMac
    ? [`<string>${SCHEME}</string>`, ...EXTENSIONS.map((one) => `<string>${one}</string>`)]
    : [`x-scheme-handler/${SCHEME};`, 'application/x-mcpb;', ' %U\n', 'StartupWMClass=jackfield\n'];
  const missing = wanted.filter((part) => !text.includes(part));
  return [
    {
      name: isMac ? 'links and bundles in Info.plist' : 'links and bundles in the desktop entry',
      ok: missing.length === 0,
      detail: missing.length === 0 ? `${wanted.length} parts as wanted` : `missing: ${missing.join(', ')}`,
    },
  ];
}
