import { join } from 'node:path';

/** electron-builder names its folders for the platform, and for every architecture but this one. */
const SUFFIX = process.arch === 'x64' ? '' : `-${process.arch}`;

/** Where the parts of an unpacked package for this computer are, which differs by platform. */
export function layout(output) {
  if (process.platform === 'darwin') {
    const folder = join(output, `mac${SUFFIX}`, 'Jackfield.app');
    return { executable: folder, resources: join(folder, 'Contents/Resources') };
  }
  const isWindows = process.platform === 'win32';
  const folder = join(output, `${isWindows ? 'win' : 'linux'}${SUFFIX}-unpacked`);
  return {
    executable: join(folder, isWindows ? 'Jackfield.exe' : 'jackfield'),
    resources: join(folder, 'resources'),
  };
}
