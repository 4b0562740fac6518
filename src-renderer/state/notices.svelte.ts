import type { Notice } from '../../src-main/contract/index.js';
import { rpc } from '../rpc/client.js';

/** What the host wants the person to know: a catalog that was set aside, processes that were swept. */
class Notices {
  items = $state.raw<Notice[]>([]);

  load(notices: Notice[]): void {
    this.items = notices;
  }

  add(notice: Notice): void {
    this.items = [...this.items.filter((other) => other.id !== notice.id), notice];
  }

  /** A server's tools were accepted, or it is gone. The host has dropped its own by itself. */
  forgetTools(serverId: string): void {
    this.items = this.items.filter(({ offer }) => offer?.kind !== 'tools' || offer.serverId !== serverId);
  }

  dismiss(id: string): void {
    this.items = this.items.filter((notice) => notice.id !== id);
    // It is gone from here either way; where the host did not hear it, it shows again at the next start.
    rpc.call('notice.dismiss', { id }).catch(() => undefined);
  }
}

export const notices = new Notices();
