import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where the parts of an unpacked package are, which differs by platform. */
export function layout(output) {
  const folders = readdirSync(output);
  if (process.platform === 'darwin') {
    const folder = join(output, folders.find((name) => name.startsWith('mac')) ?? 'mac', 'Jackfield.app');
    return { executable: folder, resources: join(folder, 'Contents/Resources') };
  }
  const folder = join(output, folders.find((name) => name.endsWith('unpacked')) ?? 'unpacked');
  const executable = join(folder, process.platform === 'win32' ? 'Jackfield.exe' : 'jackfield');
  return { executable, resources: join(folder, 'resources') };
}
