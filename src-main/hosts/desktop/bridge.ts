import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import type { App } from '../../app.js';
import { CHANNEL } from './channel.js';
import { isOwnPage } from './page-origin.js';

/**
 * Carries JSON-RPC between the window and the app. A message counts only when it comes from the main frame of a
 * window of ours that shows our own page; everything else is dropped without an answer.
 */
export class Bridge {
  #windows = new Set<WebContents>();
  #stop: () => void;

  constructor(private readonly app: Pick<App, 'rpc' | 'onNotification'>) {
    ipcMain.on(CHANNEL, (event, message: unknown) => void this.receive(event, message));
    this.#stop = app.onNotification((method, params) => {
      for (const contents of this.#windows) send(contents, { jsonrpc: '2.0', method, params });
    });
  }

  admit(contents: WebContents): void {
    this.#windows.add(contents);
    contents.once('destroyed', () => this.#windows.delete(contents));
  }

  async receive(event: Pick<IpcMainEvent, 'sender' | 'senderFrame'>, message: unknown): Promise<void> {
    if (!this.#isOurs(event)) return;
    const answer = await this.app.rpc.receive(message);
    if (answer) send(event.sender, answer);
  }

  dispose(): void {
    this.#stop();
    ipcMain.removeAllListeners(CHANNEL);
  }

  #isOurs({ sender, senderFrame }: Pick<IpcMainEvent, 'sender' | 'senderFrame'>): boolean {
    return (
      this.#windows.has(sender) &&
      senderFrame !== null &&
      senderFrame === sender.mainFrame &&
      isOwnPage(senderFrame.url)
    );
  }
}

function send(contents: WebContents, message: unknown): void {
  if (!contents.isDestroyed()) contents.send(CHANNEL, message);
}
