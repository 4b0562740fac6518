import { lstat, open, readdir, readFile, readlink, rename, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { replaceFile } from '../../../src-main/platform/durable-file.js';
import { describeIoFailure } from '../../../src-main/platform/io-failure.js';
import { tempFolder } from '../../support/temp-folder.js';

vi.mock('node:fs/promises', async (original) => {
  const actual = await original<typeof import('node:fs/promises')>();
  return { ...actual, rename: vi.fn(actual.rename), open: vi.fn(actual.open) };
});

afterEach(() => vi.mocked(rename).mockReset());

const failing = (code: string): Error => Object.assign(new Error(code), { code });

describe('replaceFile', () => {
  it('replaces a file and leaves nothing beside it', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'a.json');
    await writeFile(path, 'old', { mode: 0o644 });
    await replaceFile(path, 'ä'.repeat(100_000));
    expect(await readFile(path, 'utf8')).toBe('ä'.repeat(100_000));
    expect((await lstat(path)).mode & 0o777).toBe(0o600);
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('leaves the old file where the process is out of file handles', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'a.json');
    await writeFile(path, 'old');
    const really = vi.mocked(open).getMockImplementation() as typeof open;
    vi.mocked(open).mockImplementation((target, ...rest) =>
      target === folder ? Promise.reject(failing('EMFILE')) : really(target, ...rest),
    );
    await expect(replaceFile(path, 'new')).rejects.toThrow('EMFILE');
    vi.mocked(open).mockImplementation(really);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('keeps the mode of the old file where it is told to', async () => {
    const path = join(await tempFolder(), 'a.json');
    await writeFile(path, 'old', { mode: 0o640 });
    await replaceFile(path, 'new', { mode: 'kept' });
    expect((await lstat(path)).mode & 0o777).toBe(0o640);
  });

  it('is stopped by what is asked before the rename, and leaves everything as it was', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'a.json');
    await writeFile(path, 'old');
    const beforeRename = (): Promise<void> => Promise.reject(new Error('somebody else wrote it'));
    await expect(replaceFile(path, 'new', { beforeRename })).rejects.toThrow('somebody else');
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.json']);
  });

  it('writes through a symbolic link', async () => {
    const folder = await tempFolder();
    await writeFile(join(folder, 'real.json'), 'old');
    await symlink('real.json', join(folder, 'link.json'));
    await replaceFile(join(folder, 'link.json'), 'new');
    expect(await readlink(join(folder, 'link.json'))).toBe('real.json');
    expect(await readFile(join(folder, 'real.json'), 'utf8')).toBe('new');
  });

  it('tries again where a virus scanner holds the file', async () => {
    const path = join(await tempFolder(), 'a.json');
    vi.mocked(rename).mockRejectedValueOnce(failing('EPERM')).mockRejectedValueOnce(failing('EBUSY'));
    await replaceFile(path, 'in the end');
    expect(await readFile(path, 'utf8')).toBe('in the end');
    expect(rename).toHaveBeenCalledTimes(3);
  });

  it('gives up after about a second', async () => {
    const path = join(await tempFolder(), 'a.json');
    vi.mocked(rename).mockImplementation(() => Promise.reject(failing('EPERM')));
    await expect(replaceFile(path, 'never')).rejects.toMatchObject({ code: 'EPERM' });
    expect(rename).toHaveBeenCalledTimes(5);
  });

  it('does not try again what cannot get better, keeps the old file, and leaves nothing beside it', async () => {
    const folder = await tempFolder();
    const path = join(folder, 'a.json');
    await writeFile(path, 'old');
    vi.mocked(rename).mockImplementation(() => Promise.reject(failing('ENOSPC')));
    await expect(replaceFile(path, 'never')).rejects.toMatchObject({ code: 'ENOSPC' });
    expect(rename).toHaveBeenCalledTimes(1);
    expect(await readFile(path, 'utf8')).toBe('old');
    expect(await readdir(folder)).toEqual(['a.json']);
  });
});

describe('describeIoFailure', () => {
  it.each(['ENOSPC', 'EACCES', 'EROFS', 'EPERM', 'EBUSY', 'EIO', 'EDQUOT'])('has words for %s', (code) => {
    const { reason, hint } = describeIoFailure(failing(code));
    expect(reason).toContain(`(${code})`);
    expect(hint).toMatch(/\.$/);
  });

  it('shows the system’s own words for what it does not know', () => {
    expect(describeIoFailure(new Error('the moon is full')).reason).toContain('the moon is full');
  });
});
