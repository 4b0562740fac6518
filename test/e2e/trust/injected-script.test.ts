import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { MethodName } from '../../../src-main/contract/index.js';
import { found } from '../../support/look-for-forms.js';
import { closeBrowser, openBare } from '../window/browser.js';
import { ATTACKS } from './attacks.js';
import { setStage, type Stage } from './stage.js';

type Ask = { method: string; params: unknown };
type Hostile = { ask(calls: Ask[]): Promise<string[]>; frames: string[] };

/** Runs in the page, as a script would that broke out of a tool's answer: with all that the page itself has. */
const breakOut = (): Promise<void> => {
  const token = sessionStorage.getItem('jackfield.token') ?? '';
  const socket = new WebSocket(`ws://${location.host}/rpc`, ['jackfield.v1', `bearer.${token}`]);
  const frames: string[] = [];
  const waiting = new Map<number, (frame: string) => void>();
  socket.onmessage = ({ data }: MessageEvent<string>) => {
    frames.push(data);
    waiting.get((JSON.parse(data) as { id?: number }).id ?? -1)?.(data);
  };
  let id = 0;
  const one = ({ method, params }: Ask): Promise<string> =>
    new Promise((resolve) => {
      id += 1;
      waiting.set(id, resolve);
      socket.send(JSON.stringify({ jsonrpc: '2.0', id, method, params }));
    });
  const ask = async (calls: Ask[]): Promise<string[]> => {
    const answers: string[] = [];
    for (const call of calls) answers.push(await one(call));
    return answers;
  };
  Object.assign(window, { hostile: { ask, frames } satisfies Hostile });
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error('no connection'));
  });
};

describe('a script that broke out in the page', () => {
  let stage: Stage;
  let page: Page;
  let before: Map<string, string>;
  let close: () => Promise<void>;
  const ask = (calls: Ask[]): Promise<string[]> =>
    page.evaluate((all) => (window as unknown as { hostile: Hostile }).hostile.ask(all), calls);

  beforeAll(async () => {
    stage = await setStage();
    before = await stage.filesOutside();
    ({ page, close } = await openBare(stage.host.ready));
    await page.evaluate(breakOut);
  }, 180_000);
  afterAll(async () => {
    await close();
    await closeBrowser();
    await stage[Symbol.asyncDispose]();
  });

  it('may call every method, and no answer holds a secret or starts the command nobody allowed', async () => {
    // What writes comes first, so that what reads sees all that writing could have laid open.
    const writes = /apply|update|create|duplicate|restore|pull/;
    const names = Object.keys(ATTACKS) as MethodName[];
    const order = [...names.filter((name) => writes.test(name)), ...names];
    const answers: Record<string, string[]> = {};
    for (const method of order)
      answers[method] = await ask(ATTACKS[method](stage.facts).map((params) => ({ method, params })));
    // Whatever is asked, no fault of our own answers.
    expect(stage.host.stderr).not.toContain('Fault in');

    // The secrets did go where the export was told to write them, so there was something to find.
    const cursor = (await stage.filesOutside()).get(`${stage.home}/.cursor/mcp.json`) ?? '';
    expect(found(Buffer.from(cursor, 'latin1'), { env: stage.secrets.env })).toEqual(['env']);
    // Out and back in: what was exported in plain text comes back as a secret, whatever is chosen.
    const source = { client: 'cursor' };
    const [preview = '{}'] = await ask([{ method: 'import.preview', params: { source } }]);
    const { items } = (JSON.parse(preview) as { result: { items: { key: string; name: string }[] } }).result;
    const choices = Object.fromEntries(
      items.map(({ key, name }) => [key, { action: 'rename', newName: `${name} back`, secretPaths: [] }]),
    );
    const [back = ''] = await ask([{ method: 'import.apply', params: { source, choices } }]);
    expect(back).toContain('"added":["');
    await ask(
      [...ATTACKS['app.snapshot'](stage.facts), {}].map((params) => ({ method: 'app.snapshot', params })),
    );

    const frames = await page.evaluate(() => (window as unknown as { hostile: Hostile }).hostile.frames);
    expect(frames.length).toBeGreaterThan(150);
    const telling = frames.filter((frame) => found(Buffer.from(frame), stage.secrets).length > 0);
    expect(telling).toEqual([]);
    expect(stage.foreignRan()).toBe(false);
    for (const method of ['run.start', 'run.restart'])
      expect(answers[method]?.[0]).toContain('"consent_required"');
  }, 180_000);

  it('has written nowhere outside the data folder but into the file of a client it named', async () => {
    const after = await stage.filesOutside();
    const changed = [...after.keys()].filter((path) => after.get(path) !== before.get(path));
    expect(changed).toEqual([`${stage.home}/.cursor/mcp.json`]);
    expect([...before.keys()].filter((path) => !after.has(path))).toEqual([]);
    const passwd = await page.evaluate(() =>
      (window as unknown as { hostile: Hostile }).hostile.frames.filter((frame) =>
        frame.includes('root:x:0'),
      ),
    );
    expect(passwd).toEqual([]);
  });

  it('cannot answer for the person whether a command may run', async () => {
    const [asked = '{}', state = '{}'] = await ask([
      { method: 'trust.ask', params: { serverId: stage.facts.foreign } },
      { method: 'trust.state', params: { serverId: stage.facts.foreign } },
    ]);
    const { url } = (JSON.parse(asked) as { result: { url: string } }).result;
    const { digest } = (JSON.parse(state) as { result: { digest: string } }).result;
    const [allowed] = await ask([
      { method: 'trust.allow', params: { serverId: stage.facts.foreign, digest } },
    ]);
    expect(allowed).toContain('"consent_required"');

    const tried = await page.evaluate(async (address) => {
      const results: Record<string, string> = {};
      const note = async (what: string, act: () => Promise<unknown>): Promise<void> => {
        results[what] = await act().then(String, () => 'refused');
      };
      const body = new URLSearchParams({ answer: 'yes', nonce: '' });
      await note('read', async () => (await fetch(address)).text());
      await note('post', () => fetch(address, { method: 'POST', body }));
      await note('blind post', () => fetch(address, { method: 'POST', mode: 'no-cors', body }));
      await note('beacon', async () => {
        navigator.sendBeacon(address, body);
        throw new Error('its answer cannot be seen');
      });
      await note('form', async () => {
        const form = Object.assign(document.createElement('form'), { method: 'post', action: address });
        document.body.append(form);
        form.submit();
        throw new Error('went nowhere');
      });
      await note('frame', async () => {
        const frame = Object.assign(document.createElement('iframe'), { src: address });
        document.body.append(frame);
        await new Promise((resolve) => setTimeout(resolve, 500));
        const text = frame.contentDocument?.body.textContent ?? '';
        if (!text.includes('Allow')) throw new Error('empty');
        return text;
      });
      await note('window', async () => {
        const other = window.open(address);
        await new Promise((resolve) => setTimeout(resolve, 1_000));
        return other?.document.body.textContent ?? Promise.reject(new Error('closed'));
      });
      return results;
    }, url);
    expect(tried).toEqual({
      read: 'refused',
      post: 'refused',
      'blind post': 'refused',
      beacon: 'refused',
      form: 'refused',
      frame: 'refused',
      window: 'refused',
    });
    const { trusted } = await stage.host.client.call('trust.state', { serverId: stage.facts.foreign });
    expect([trusted, stage.foreignRan()]).toEqual([false, false]);
  }, 60_000);

  it('reaches nothing beyond the host, and runs nothing it made itself', async () => {
    const results = await page.evaluate(async () => {
      const tries: [string, () => unknown][] = [
        ['fetch', () => fetch('https://evil.example/')],
        ['file', () => fetch('file:///etc/passwd')],
        [
          'socket',
          () =>
            new Promise((yes, no) => {
              const socket = new WebSocket('ws://evil.example/');
              socket.onopen = yes;
              socket.onerror = no;
            }),
        ],
        ['eval', () => (0, eval)('1 + 1') as unknown],
        ['function', () => new Function('return 1')() as unknown],
        [
          'image',
          () =>
            new Promise((yes, no) => {
              const image = new Image();
              image.onload = yes;
              image.onerror = no;
              image.src = 'https://evil.example/x.png';
            }),
        ],
        [
          'inline',
          () =>
            new Promise((yes, no) => {
              const script = document.createElement('script');
              script.textContent = 'window.inlineRan = true';
              document.body.append(script);
              if ('inlineRan' in window) yes(true);
              else no(new Error('no'));
            }),
        ],
        [
          'worker',
          () =>
            new Promise((yes, no) => {
              const worker = new Worker(URL.createObjectURL(new Blob(['postMessage(1)'])));
              worker.onmessage = yes;
              worker.onerror = no;
            }),
        ],
        ['clipboard', () => navigator.clipboard.readText()],
      ];
      const done: Record<string, string> = {};
      for (const [what, act] of tries)
        done[what] = await Promise.resolve()
          .then(act)
          .then(
            () => 'done',
            () => 'refused',
          );
      return done;
    });
    expect(new Set(Object.values(results))).toEqual(new Set(['refused']));
  });
});
