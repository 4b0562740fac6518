import { ipcMain, type IpcMainEvent, type WebContents } from 'electron';
import type { App } from '../../app.js';
import type { NotificationName, Notifications } from '../../contract/index.js';
import { CHANNEL } from './channel.js';
import { isOwnPage } from './page-origin.js';

type Door = Pick<App, 'rpc' | 'onNotification' | 'setAttended'>;
type Sent = Pick<IpcMainEvent, 'sender' | 'senderFrame'>;

/**
 * Carries JSON-RPC between the window and the app. A message counts only when it comes from the main frame of a
 * window of ours that shows our own page; everything else is dropped without an answer. The window opens while the app
 * is still opening, so messages wait for it.
 */
export class Bridge {
  #windows = new Set<WebContents>();
  #listening = new WeakSet<WebContents>();
  #whenListening = new WeakMap<WebContents, (() => void)[]>();
  #stop: () => void = () => undefined;

  constructor(private readonly opening: Promise<Door>) {
    ipcMain.on(CHANNEL, (event, message: unknown) => void this.receive(event, message));
    opening.then(
      (app) => {
        this.#stop = app.onNotification((method, params) => {
          for (const contents of this.#windows) this.tell(contents, method, params);
        });
      },
      // Whoever opens the app says why it could not.
      () => undefined,
    );
  }

  admit(contents: WebContents): void {
    this.#windows.add(contents);
    this.#sayWhoLooks();
    contents.once('destroyed', () => {
      this.#windows.delete(contents);
      this.#sayWhoLooks();
    });
    // A page that is loaded anew has to ask for everything again before it can be told anything.
    contents.on('did-start-navigation', ({ isMainFrame, isSameDocument }) => {
      if (isMainFrame && !isSameDocument) this.#listening.delete(contents);
    });
  }

  tell<N extends NotificationName>(contents: WebContents, method: N, params: Notifications[N]): void {
    send(contents, { jsonrpc: '2.0', method, params });
  }

  /** Calls back once the page has its first picture of everything: it hears notifications from then on. */
  whenListening(contents: WebContents, callback: () => void): void {
    if (this.#listening.has(contents)) return callback();
    this.#whenListening.set(contents, [...(this.#whenListening.get(contents) ?? []), callback]);
  }

  async receive(event: Sent, message: unknown): Promise<void> {
    if (!this.#isOurs(event)) return;
    const { sender } = event;
    const app = await this.opening.catch(() => undefined);
    const answer = await app?.rpc.receive(message);
    if (!answer) return;
    send(sender, answer);
    if (isSnapshotRequest(message)) this.#nowListening(sender);
  }

  dispose(): void {
    this.#stop();
    ipcMain.removeAllListeners(CHANNEL);
  }

  #nowListening(contents: WebContents): void {
    this.#listening.add(contents);
    const waiting = this.#whenListening.get(contents) ?? [];
    this.#whenListening.delete(contents);
    for (const callback of waiting) callback();
  }

  #sayWhoLooks(): void {
    void this.opening.then(
      (app) => app.setAttended(this.#windows.size > 0),
      () => undefined,
    );
  }

  #isOurs({ sender, senderFrame }: Sent): boolean {
    return (
      this.#windows.has(sender) &&
      senderFrame !== null &&
      senderFrame === sender.mainFrame &&
      isOwnPage(senderFrame.url)
    );
  }
}

function isSnapshotRequest(message: unknown): boolean {
  return (message as { method?: unknown }).method === 'app.snapshot';
}

function send(contents: WebContents, message: unknown): void {
  if (!contents.isDestroyed()) contents.send(CHANNEL, message);
}
