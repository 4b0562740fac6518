import { mkdir, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FileRefusal, intentOfFile } from '../../../src-main/hosts/desktop/intent-of-file.js';

describe('a file that is opened with the app', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield-file-'));
    await writeFile(join(folder, 'mcp.JSON'), '{"mcpServers":{}} // ü');
    await writeFile(join(folder, 'run.sh'), 'true');
    await mkdir(join(folder, 'folder.json'));
    await writeFile(join(folder, 'large.json'), '');
    await truncate(join(folder, 'large.json'), 5_000_001);
  });
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('is text for the import screen', async () => {
    expect(await intentOfFile(join(folder, 'mcp.JSON'))).toEqual({
      kind: 'import',
      text: '{"mcpServers":{}} // ü',
      fileName: 'mcp.JSON',
    });
  });

  it.each([
    ['run.sh', 'is nothing that can be opened here'],
    ['folder.json', 'is not a file'],
    ['large.json', 'too large'],
    ['missing.json', 'ENOENT'],
  ])('is refused in a sentence: %s', async (name, why) => {
    const refused = intentOfFile(join(folder, name));
    await expect(refused).rejects.toThrow(FileRefusal);
    await expect(refused).rejects.toThrow(why);
  });
});
