/** Why a file operation failed and what helps, in words: `because …` and a sentence. */
export type IoFailure = { reason: string; hint: string };

const KNOWN: Record<string, IoFailure> = {
  ENOSPC: { reason: 'the disk is full', hint: 'Free some space on that disk and try again.' },
  EDQUOT: { reason: 'your disk quota is used up', hint: 'Free some space in your quota and try again.' },
  EFBIG: {
    reason: 'the file would be larger than the system allows',
    hint: 'Raise the limit on file sizes.',
  },
  EACCES: {
    reason: 'access was denied',
    hint: 'Check who owns the file and its folder, and that you may write there.',
  },
  EPERM: {
    reason: 'the system does not permit it',
    hint: 'A virus scanner or a backup tool may hold the file: wait a moment and try again. If it stays, check the permissions of the folder.',
  },
  EBUSY: { reason: 'another program holds it', hint: 'Close that program, or wait a moment, and try again.' },
  EROFS: { reason: 'the disk is read-only', hint: 'Mount it for writing, or choose another data folder.' },
  EIO: {
    reason: 'the disk reports an error',
    hint: 'Check the disk, and copy the data folder to another one.',
  },
  EMFILE: {
    reason: 'too many files are open',
    hint: 'Close other programs, or raise the limit, and try again.',
  },
  ENFILE: {
    reason: 'too many files are open',
    hint: 'Close other programs, or raise the limit, and try again.',
  },
  ENOENT: {
    reason: 'its folder is gone',
    hint: 'Put the folder back, or restart the app to make a new one.',
  },
  ENOTDIR: { reason: 'a file stands where a folder should be', hint: 'Move that file away and try again.' },
  EISDIR: {
    reason: 'a folder stands where the file should be',
    hint: 'Move that folder away and try again.',
  },
  ELOOP: { reason: 'its path is a circle of links', hint: 'Replace the link with a folder.' },
  ENAMETOOLONG: { reason: 'its path is too long', hint: 'Choose a data folder with a shorter path.' },
  ETIMEDOUT: {
    reason: 'the share does not answer',
    hint: 'Check the connection to the share and try again.',
  },
  ESTALE: { reason: 'the share was mounted anew', hint: 'Restart the app.' },
};

/** The disk, or the right to it, is at fault, and not what was to be written. */
export const isDiskFailure = (error: unknown): boolean =>
  ['ENOSPC', 'EDQUOT', 'EFBIG', 'EACCES', 'EPERM', 'EROFS', 'EIO', 'EMFILE', 'ENFILE'].includes(
    (error as NodeJS.ErrnoException).code ?? '',
  );

/** Words for an error of `node:fs`. Unknown ones show the system's own message. */
export function describeIoFailure(error: unknown): IoFailure {
  const { code, message } = error as NodeJS.ErrnoException;
  const known = code === undefined ? undefined : KNOWN[code];
  if (known) return { reason: `${known.reason} (${code})`, hint: known.hint };
  return {
    reason: `the system says: ${message ?? String(error)}`,
    hint: 'Check the disk and the permissions of the folder, and try again.',
  };
}
