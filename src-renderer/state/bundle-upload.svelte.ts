import { rpc } from '../rpc/client.js';
import { problemOf } from '../rpc/rpc-error.js';
import { toasts } from './toasts.svelte.js';

/** Three quarters of what one call takes, since it travels as base64. */
const PIECE = 768 * 1024;
const NAME = /\.(mcpb|dxt)$/i;

export const isBundleFile = (name: string): boolean => NAME.test(name);

/** A bundle on its way to its dialog: dropped onto the window, chosen, or opened from outside. */
class BundleUpload {
  /** The bundle whose dialog is open. */
  id = $state<string>();
  /** Of the one that is being sent: 0 to 1. */
  progress = $state<number>();
  #turn = 0;

  /** Sends the file to the host, which alone reads what is in it. */
  async send(file: File): Promise<void> {
    this.close();
    const turn = this.#turn;
    this.progress = 0;
    try {
      const { id } = await rpc.call('bundle.begin', { fileName: file.name, size: file.size });
      for (let at = 0; at < file.size; at += PIECE) {
        const data = await base64(file.slice(at, at + PIECE));
        await rpc.call('bundle.append', { id, data });
        if (turn !== this.#turn) return discard(id);
        this.progress = Math.min(1, (at + PIECE) / file.size);
      }
      this.show(id);
    } catch (error) {
      if (turn !== this.#turn) return;
      this.close();
      const { message, hint } = problemOf(error);
      toasts.show({ tone: 'error', title: message, detail: hint });
    }
  }

  show(id: string): void {
    this.close();
    this.id = id;
  }

  /** Closes the dialog; one that is still being sent is given up. */
  close(): void {
    const { id } = this;
    this.#turn += 1;
    this.id = undefined;
    this.progress = undefined;
    if (id !== undefined) discard(id);
  }
}

export const bundleUpload = new BundleUpload();

/** The host drops it by itself after a while, too. */
function discard(id: string): void {
  rpc.call('bundle.discard', { id }).catch(() => undefined);
}

async function base64(part: Blob): Promise<string> {
  const bytes = new Uint8Array(await part.arrayBuffer());
  let text = '';
  // A call takes some ten thousand arguments at most.
  for (let at = 0; at < bytes.length; at += 0x2000)
    text += String.fromCharCode(...bytes.subarray(at, at + 0x2000));
  return btoa(text);
}
