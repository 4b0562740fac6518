import { beforeEach, describe, expect, it, vi } from 'vitest';
import { ipcMain, resetElectron, WebContents } from '../../support/electron-stub.js';

vi.mock('electron', () => import('../../support/electron-stub.js'));
const { Bridge } = await import('../../../src-main/hosts/desktop/bridge.js');
const { CHANNEL } = await import('../../../src-main/hosts/desktop/channel.js');

type Frame = { url: string };
const PAGE = 'app://jackfield/index.html';
const ask = { jsonrpc: '2.0', id: 1, method: 'app.info', params: {} };

function pageAt(url: string): WebContents {
  const contents = new WebContents();
  (contents as { mainFrame: Frame }).mainFrame = { url };
  return contents;
}

describe('the bridge between window and app', () => {
  const receive = vi.fn(async (message: unknown) => {
    const { id } = message as { id: number };
    return { jsonrpc: '2.0' as const, id, result: {} };
  });
  let notify: (method: string, params: unknown) => void = () => undefined;
  let open: (app: unknown) => void = () => undefined;
  let bridge: InstanceType<typeof Bridge>;
  let window: WebContents;

  beforeEach(() => {
    resetElectron();
    receive.mockClear();
    const app = {
      rpc: { receive },
      setAttended: () => undefined,
      onNotification: (listener: never) => {
        notify = listener;
        return () => undefined;
      },
    };
    const opening = new Promise<never>((resolve) => (open = () => resolve(app as never)));
    bridge = new Bridge(opening);
    window = pageAt(PAGE);
    bridge.admit(window as never);
  });

  const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
  const send = async (
    sender: WebContents,
    senderFrame: Frame | null,
    message: unknown = ask,
  ): Promise<void> => {
    ipcMain.emit(CHANNEL, { sender, senderFrame }, message);
    await settle();
  };

  it('answers the main frame of its own window', async () => {
    open(undefined);
    await send(window, window.mainFrame);
    expect(receive).toHaveBeenCalledWith(ask);
    expect(window.test.sent).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]);
  });

  it('keeps what the page asks while the app is still opening', async () => {
    await send(window, window.mainFrame);
    expect(window.test.sent).toEqual([]);
    open(undefined);
    await settle();
    expect(window.test.sent).toHaveLength(1);
  });

  it.each([
    ['contents it never admitted', () => [pageAt(PAGE), undefined]],
    ['a frame within the page', () => [window, { url: PAGE }]],
    ['a frame that is gone', () => [window, null]],
    [
      'its window after it was led elsewhere',
      () => [Object.assign(window, { mainFrame: { url: 'https://evil.example/' } }), undefined],
    ],
    [
      'a look-alike page',
      () => [Object.assign(window, { mainFrame: { url: 'app://jackfield.evil/' } }), undefined],
    ],
  ] as [string, () => [WebContents, Frame | null | undefined]][])('refuses %s', async (_who, make) => {
    open(undefined);
    const [sender, frame] = make();
    await send(sender, frame === undefined ? sender.mainFrame : frame);
    expect(receive).not.toHaveBeenCalled();
    expect(sender.test.sent).toEqual([]);
  });

  it('tells its windows what the app says, and forgets those that are closed', async () => {
    open(undefined);
    await settle();
    notify('run.changed', { run: 1 });
    expect(window.test.sent).toEqual([{ jsonrpc: '2.0', method: 'run.changed', params: { run: 1 } }]);
    window.close();
    notify('run.changed', { run: 2 });
    expect(window.test.sent).toHaveLength(1);
  });

  it('knows when a page listens: from its first picture on, and again after each load', async () => {
    open(undefined);
    const heard: string[] = [];
    bridge.whenListening(window as never, () => heard.push('first'));
    await send(window, window.mainFrame);
    expect(heard).toEqual([]);
    await send(window, window.mainFrame, { jsonrpc: '2.0', id: 2, method: 'app.snapshot', params: {} });
    expect(heard).toEqual(['first']);
    bridge.whenListening(window as never, () => heard.push('at once'));
    expect(heard).toEqual(['first', 'at once']);
    window.emit('did-start-navigation', { isMainFrame: true, isSameDocument: true });
    window.emit('did-start-navigation', { isMainFrame: true, isSameDocument: false });
    bridge.whenListening(window as never, () => heard.push('after the load'));
    expect(heard).toHaveLength(2);
    await send(window, window.mainFrame, { jsonrpc: '2.0', id: 3, method: 'app.snapshot', params: {} });
    expect(heard).toHaveLength(3);
  });
});
