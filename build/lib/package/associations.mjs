import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import yaml from 'yaml';
import { inRoot } from '../paths.mjs';

const { LinuxTargetHelper } = createRequire(inRoot('node_modules/electron-builder/cli.js'))(
  'app-builder-lib/out/targets/LinuxTargetHelper',
);
const SCHEME = 'jackfield';
const EXTENSIONS = ['mcpb', 'dxt'];

const config = () => yaml.parse(readFileSync(inRoot('build/electron-builder.yml'), 'utf8'));

/** electron-builder's own code for what deb, rpm and AppImage get and a folder build does not, on our configuration. */
function linuxTarget(getTempFile) {
  const { productName, linux, protocols, fileAssociations, mac, extraMetadata } = config();
  const packager = {
    appInfo: { productName, sanitizedProductName: productName, description: '' },
    executableName: linux.executableName,
    info: { metadata: extraMetadata },
    config: { protocols, mac },
    platformSpecificBuildOptions: linux,
    fileAssociations,
    getTempFile,
  };
  return { linux, target: Object.assign(Object.create(LinuxTargetHelper.prototype), { packager }) };
}

/** @returns {Promise<string>} the desktop entry */
export async function desktopEntry() {
  const { linux, target } = linuxTarget();
  return target.computeDesktopEntry(linux);
}

/** @returns {Promise<string>} the types of files, as XML for the shared MIME database */
export async function mimeTypes() {
  const folder = mkdtempSync(join(tmpdir(), 'jackfield-mime-'));
  try {
    const { target } = linuxTarget(async (suffix) => join(folder, `types${suffix}`));
    return readFileSync(await target.computeMimeTypeFiles(), 'utf8');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** That links of ours and bundles open the app, on the platform at hand. */
export async function checkAssociations({ resources }) {
  if (process.platform === 'win32') return [];
  const isMac = process.platform === 'darwin';
  const text = isMac
    ? readFileSync(join(resources, '../Info.plist'), 'utf8')
    : `${await desktopEntry()}${await mimeTypes()}`;
  const wanted = isMac
    ? [`<string>${SCHEME}</string>`, ...EXTENSIONS.map((one) => `<string>${one}</string>`)]
    : [
        `x-scheme-handler/${SCHEME};`,
        ...EXTENSIONS.flatMap((one) => [`application/x-${one};`, `<glob pattern="*.${one}"/>`]),
        ' %U\n',
        'StartupWMClass=jackfield\n',
      ];
  const missing = wanted.filter((part) => !text.includes(part));
  return [
    {
      name: isMac ? 'links and bundles in Info.plist' : 'links and bundles in the desktop entry',
      ok: missing.length === 0,
      detail: missing.length === 0 ? `${wanted.length} parts as wanted` : `missing: ${missing.join(', ')}`,
    },
  ];
}
