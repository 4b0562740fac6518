import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import * as electron from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { answer, registerPageScheme, servePages } =
  await import('../../../src-main/hosts/desktop/page-protocol.js');
const { addNotice } = await import('../../../src-main/hosts/desktop/notice-page.js');

const get = (url: string) => ({ url, method: 'GET' });

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
  afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

  it('come with their type and a strict policy', async () => {
    const page = await answer(get('app://jackfield/index.html'), pages);
    expect([page.status, await page.text()]).toEqual([200, '<p>page</p>']);
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    expect((await answer(get('app://jackfield/assets/a%20b.js'), pages)).status).toBe(200);
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
    const page = await answer(get(url), pages);
    expect(page.status).toBe(404);
    expect(await page.text()).not.toContain('secret');
  });

  it('are only read', async () => {
    expect((await answer({ url: 'app://jackfield/index.html', method: 'POST' }, pages)).status).toBe(405);
  });

  it('include those made here, with their text made harmless', async () => {
    const made = new Map();
    const url = addNotice(made, 'stopping', 'Stopping <b>"3"</b>', 'soon');
    const page = await answer(get(url), pages, made);
    expect(page.status).toBe(200);
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
    const text = await page.text();
    expect(text).toContain('Stopping &lt;b>&quot;3&quot;&lt;/b>');
    expect(text).not.toContain('<script');
    expect((await answer(get('app://jackfield/notice/style.css'), pages, made)).status).toBe(200);
  });

  it('are served under a scheme with the rights of https', async () => {
    registerPageScheme();
    expect(electron.called('protocol.registerSchemesAsPrivileged')[0]?.[0]).toMatchObject([
      { scheme: 'app', privileges: { standard: true, secure: true } },
    ]);
    const session = new electron.Session();
    servePages(session as never, pages, new Map());
    const handler = electron.protocol.test.handlers.get('app');
    const page = await handler?.(new Request('https://x/', { method: 'GET' }) as never);
    expect(page?.status).toBe(404);
  });
});
