import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { answer } from '../../../src-main/hosts/desktop/page-protocol.js';

vi.mock('electron', () => ({ protocol: {} }));

describe('the pages of app://jackfield', () => {
  let folder: string;
  let pages: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'jackfield-pages-'));
    pages = join(folder, 'renderer');
    await mkdir(join(pages, 'assets'), { recursive: true });
    await mkdir(join(folder, 'renderer-other'));
    await writeFile(join(pages, 'index.html'), '<p>page</p>');
    await writeFile(join(pages, 'assets/a b.js'), 'code');
    await writeFile(join(folder, 'secret.html'), 'secret');
    await writeFile(join(folder, 'renderer-other/x.html'), 'secret');
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('come with their type and a strict policy', async () => {
    const page = await answer('app://jackfield/index.html', pages);
    expect([page.status, await page.text()]).toEqual([200, '<p>page</p>']);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await answer('app://jackfield/assets/a%20b.js', pages)).status).toBe(200);
  });

  it.each([
    'app://jackfield/../secret.html',
    'app://jackfield/..%2fsecret.html',
    'app://jackfield/%2e%2e/secret.html',
    'app://jackfield/..%5csecret.html',
    'app://jackfield/..%2frenderer-other%2fx.html',
    'app://jackfield/index.html%00.js',
    'app://jackfield/%',
    'app://jackfield/assets',
    'app://jackfield/',
    'app://other/index.html',
  ])('do not include %s', async (url) => {
    const page = await answer(url, pages);
    expect(page.status).toBe(404);
    expect(await page.text()).not.toContain('secret');
  });
});
