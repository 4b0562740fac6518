import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, it, vi } from 'vitest';

const ipcMain = new EventEmitter();
vi.mock('electron', () => ({ ipcMain }));
const { Bridge } = await import('../../../src-main/hosts/desktop/bridge.js');
const { CHANNEL } = await import('../../../src-main/hosts/desktop/channel.js');

type Frame = { url: string };
class Contents extends EventEmitter {
  sent: unknown[] = [];
  mainFrame: Frame = { url: 'app://jackfield/index.html' };
  isDestroyed = (): boolean => false;
  send = (_channel: string, message: unknown): void => void this.sent.push(message);
}

const ask = { jsonrpc: '2.0', id: 1, method: 'app.info', params: {} };

describe('the bridge between window and app', () => {
  const receive = vi.fn(async () => ({ jsonrpc: '2.0' as const, id: 1, result: {} }));
  let notify: (method: string, params: unknown) => void = () => undefined;
  let window: Contents;
  beforeEach(() => {
    ipcMain.removeAllListeners();
    receive.mockClear();
    const app = {
      rpc: { receive },
      onNotification: (listener: never) => {
        notify = listener;
        return () => undefined;
      },
    };
    const bridge = new Bridge(app as never);
    window = new Contents();
    bridge.admit(window as never);
  });

  const send = async (sender: Contents, senderFrame: Frame | null): Promise<void> => {
    ipcMain.emit(CHANNEL, { sender, senderFrame }, ask);
    await Promise.resolve();
    await Promise.resolve();
  };

  it('answers the main frame of its own window', async () => {
    await send(window, window.mainFrame);
    expect(receive).toHaveBeenCalledWith(ask);
    await vi.waitFor(() => expect(window.sent).toEqual([{ jsonrpc: '2.0', id: 1, result: {} }]));
  });

  it.each([
    ['contents it never admitted', () => [new Contents(), undefined]],
    ['a frame within the page', () => [window, { url: 'app://jackfield/index.html' }]],
    ['a frame that is gone', () => [window, null]],
    [
      'its window after it was led elsewhere',
      () => [Object.assign(window, { mainFrame: { url: 'https://evil.example/' } }), undefined],
    ],
    [
      'a look-alike page',
      () => [Object.assign(window, { mainFrame: { url: 'app://jackfield.evil/' } }), undefined],
    ],
  ] as [string, () => [Contents, Frame | null | undefined]][])('refuses %s', async (_who, make) => {
    const [sender, frame] = make();
    await send(sender, frame === undefined ? sender.mainFrame : frame);
    expect(receive).not.toHaveBeenCalled();
    expect(sender.sent).toEqual([]);
  });

  it('tells its windows what the app says, and forgets those that are closed', () => {
    notify('run.changed', { run: 1 });
    expect(window.sent).toEqual([{ jsonrpc: '2.0', method: 'run.changed', params: { run: 1 } }]);
    window.emit('destroyed');
    notify('run.changed', { run: 2 });
    expect(window.sent).toHaveLength(1);
  });
});
