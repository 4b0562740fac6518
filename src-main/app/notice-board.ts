import type { Notice } from '../contract/index.js';

/** Notices a person has not dismissed yet; every window that connects later sees them too. */
export class NoticeBoard {
  #notices = new Map<string, Notice>();

  constructor(private readonly added: (notice: Notice) => void) {}

  post(notice: Notice): void {
    this.#notices.set(notice.id, notice);
    this.added(notice);
  }

  dismiss(id: string): void {
    this.#notices.delete(id);
  }

  list(): Notice[] {
    return [...this.#notices.values()];
  }
}
