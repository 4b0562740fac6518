import { existsSync } from 'node:fs';
import { join } from 'node:path';

const SYSTEMS = { darwin: 'mac', win32: 'win', linux: 'linux' };
const ARCHES = ['x64', 'arm64'];

/** electron-builder names its folders for the platform, and for every architecture but x64. */
function layout(output, arch) {
  const { platform } = process;
  const suffix = arch === 'x64' ? '' : `-${arch}`;
  const name = `${SYSTEMS[platform]}${suffix}${platform === 'darwin' ? '' : '-unpacked'}`;
  const folder = join(output, name);
  if (platform === 'darwin') {
    const app = join(folder, 'Jackfield.app');
    const contents = join(app, 'Contents');
    return {
      name,
      platform,
      arch,
      folder: app,
      executable: app,
      program: join(contents, 'MacOS/Jackfield'),
      resources: join(contents, 'Resources'),
    };
  }
  const program = join(folder, platform === 'win32' ? 'Jackfield.exe' : 'jackfield');
  return { name, platform, arch, folder, executable: program, program, resources: join(folder, 'resources') };
}

/** Where the parts of the unpacked packages of this platform are, one for each architecture that was built. */
export const layouts = (output) =>
  ARCHES.map((arch) => layout(output, arch)).filter(({ folder }) => existsSync(folder));
