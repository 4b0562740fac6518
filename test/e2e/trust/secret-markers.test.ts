import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CDPSession, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allFormsOf, found } from '../../support/look-for-forms.js';
import { closeBrowser, openBare } from '../window/browser.js';
import { setStage, type Stage } from './stage.js';

/** Every string in the page's heap. */
async function heapOf(page: Page): Promise<Buffer> {
  const session: CDPSession = await page.context().newCDPSession(page);
  const chunks: string[] = [];
  session.on('HeapProfiler.addHeapSnapshotChunk', ({ chunk }) => chunks.push(chunk));
  await session.send('HeapProfiler.takeHeapSnapshot', { reportProgress: false });
  await session.detach();
  const { strings } = JSON.parse(chunks.join('')) as { strings: string[] };
  return Buffer.from(strings.join('\n'));
}

describe('a marked value in every field that takes a secret', () => {
  let stage: Stage;
  let page: Page;
  let close: () => Promise<void>;
  beforeAll(async () => {
    stage = await setStage();
    ({ page, close } = await openBare(stage.host.ready));
    const { client } = stage.host;
    const { talkative, link, remote } = stage.facts;
    // Everything that could carry one somewhere: protocol log, failures, plans, previews, history, a duplicate, the page.
    await client.call('server.update', { id: talkative, patch: { protocolLog: true } });
    await client.call('tool.call', { serverId: talkative, name: 'get-env' });
    await client.call('run.restart', { serverId: talkative });
    await client.call('remote.test', { id: remote });
    await client.call('sync.plan', { linkIds: [link] });
    await client.call('server.history', { id: talkative });
    const copy = await client.call('server.duplicate', { id: stage.facts.web });
    await client.raw('run.start', { serverId: copy.server.id }).catch(() => undefined);
    await client.call('export.preview', { client: 'cursor', serverIds: [talkative], plainSecrets: true });
    const at = stage.host.ready.url.split('#')[0] ?? '';
    for (const path of [
      `servers/${talkative}`,
      `servers/${talkative}/configure`,
      `servers/${talkative}/logs`,
      `servers/${talkative}/history`,
      `servers/${stage.facts.web}/sync`,
      'remotes',
      'activity',
    ]) {
      await page.goto(`${at}#/${path}`);
      await page.getByRole('main').first().waitFor();
    }
  }, 180_000);
  afterAll(async () => {
    await close();
    await closeBrowser();
    await stage[Symbol.asyncDispose]();
  });

  it('is in no file of the data folder, and in no name of one', async () => {
    const telling: string[] = [];
    for (const entry of await readdir(stage.host.dataDir, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      const bytes = entry.isFile() ? await readFile(path) : Buffer.alloc(0);
      if (found(Buffer.concat([Buffer.from(path), bytes]), stage.secrets).length > 0) telling.push(path);
    }
    expect(telling).toEqual([]);
  });

  it('is in nothing the host printed', () => {
    const { stderr, stdout } = stage.host;
    expect(found(Buffer.from(stderr + stdout), stage.secrets)).toEqual([]);
  });

  it('is in no frame, but in the answer of a server that was asked to say it', () => {
    const telling = stage.host.client.frames.filter(
      (frame) => found(Buffer.from(frame), stage.secrets).length > 0,
    );
    expect(telling).toHaveLength(1);
    expect(telling[0]).toMatch(/^\{"jsonrpc":"2.0","id":\d+,"result":\{"result":\{"content"/);
  });

  it('is nowhere in the memory of the page', async () => {
    expect(found(await heapOf(page), stage.secrets)).toEqual([]);
    // The look itself works: what is put there is found.
    const planted = Object.fromEntries(Object.entries(stage.secrets).slice(0, 2));
    await page.evaluate((all) => Object.assign(window, { planted: all }), planted);
    expect(found(await heapOf(page), stage.secrets)).toEqual(Object.keys(planted));
  });

  it('would be found in every form', () => {
    for (const form of allFormsOf(stage.secrets.env))
      expect(found(Buffer.concat([Buffer.from('…'), form]), stage.secrets)).toContain('env');
  });
});
