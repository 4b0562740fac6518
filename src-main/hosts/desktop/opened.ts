import { app, dialog } from 'electron';
import type { Intent } from '../../contract/index.js';
import type { LocalClient } from './local-client.js';
import type { MainWindow } from './main-window.js';

type Client = Pick<LocalClient, 'call'>;

/** Two letters or more before the colon: one alone is a drive of Windows. */
const LINK = /^[a-z][a-z0-9+.-]+:/i;
/** Links that other clients' install buttons lead to. The import screen reads them, wherever they come from. */
const OF_OTHERS = /^(cursor|vscode|vscode-insiders|lmstudio|cherrystudio|goose|kiro):/i;
const MOST_LINK = 200_000;

/**
 * An intent, or a sentence about why there is none. Parsing is loaded when the first link or file comes: most starts
 * have none.
 */
async function intentOf(opened: string, client: () => Promise<Client>): Promise<Intent | string> {
  if (OF_OTHERS.test(opened) && opened.length <= MOST_LINK) return { kind: 'import', text: opened };
  if (LINK.test(opened)) {
    const { intentOfLink } = await import('./intent-of-link.js');
    return intentOfLink(opened) ?? 'This link is none that Jackfield knows. Nothing was done.';
  }
  const [{ intentOfFile }, { isBundle, intentOfBundle }] = await Promise.all([
    import('./intent-of-file.js'),
    import('./intent-of-bundle.js'),
  ]);
  const intent = isBundle(opened)
    ? client().then((own) => intentOfBundle(opened, own))
    : intentOfFile(opened);
  return intent.catch((error: Error) => error.message);
}

/** Links and files, by whichever way the OS brings them, become intents for the window. */
export class Opened {
  constructor(
    private readonly window: Pick<MainWindow, 'deliver' | 'show'>,
    private readonly client: () => Promise<Client>,
  ) {}

  async take(opened: readonly string[]): Promise<void> {
    for (const one of opened) {
      const intent = await intentOf(one, this.client);
      if (typeof intent === 'object') this.window.deliver(intent);
      else
        void dialog.showMessageBox({
          type: 'warning',
          message: 'Jackfield cannot open this',
          detail: intent,
        });
    }
  }

  /**
   * macOS sends events instead of arguments, and sends them before the app is ready; so this listens from the first
   * moment and keeps what comes until there is a window to hand it to.
   */
  static listen(): (opened: Opened) => void {
    const early: string[] = [];
    let take = (one: string): void => void early.push(one);
    app.on('open-url', (event, url) => {
      event.preventDefault();
      take(url);
    });
    app.on('open-file', (event, path) => {
      event.preventDefault();
      take(path);
    });
    return (opened) => {
      take = (one) => void opened.take([one]);
      early.splice(0).forEach(take);
    };
  }
}
