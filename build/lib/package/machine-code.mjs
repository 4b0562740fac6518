import { closeSync, openSync, readSync } from 'node:fs';

const ELF = { 62: 'x64', 183: 'arm64' };
const PE = { 0x8664: 'x64', 0xaa64: 'arm64' };
const MACH_O = { 0x01000007: 'x64', 0x0100000c: 'arm64' };
const HEAD = 4096;

/** Which system and processor a program or native module is for, from its own header: `linux-x64`; else `nothing known`. */
export function madeFor(file) {
  const head = Buffer.alloc(HEAD);
  const handle = openSync(file, 'r');
  readSync(handle, head, 0, HEAD, 0);
  closeSync(handle);
  const name = (system, arch) => `${system}-${arch ?? 'another processor'}`;
  if (head.toString('latin1', 0, 4) === '\x7fELF') return name('linux', ELF[head.readUInt16LE(18)]);
  if (head.readUInt32LE(0) === 0xfeedfacf) return name('darwin', MACH_O[head.readUInt32LE(4)]);
  const pe = head.readUInt32LE(0x3c);
  if (head.toString('latin1', 0, 2) === 'MZ' && pe < HEAD - 6 && head.readUInt32BE(pe) === 0x50450000)
    return name('win32', PE[head.readUInt16LE(pe + 4)]);
  return 'nothing known';
}
