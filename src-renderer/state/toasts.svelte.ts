export type ToastTone = 'info' | 'success' | 'warning' | 'error';
export type Toast = {
  id: number;
  tone: ToastTone;
  title: string;
  detail?: string | undefined;
  action?: { label: string; run: () => void } | undefined;
  /** Milliseconds; 0 stays until it is dismissed. */
  stays: number;
};

const STAYS: Record<ToastTone, number> = { info: 5_000, success: 4_000, warning: 8_000, error: 0 };
const WITH_ACTION = 10_000;
const MOST = 4;

/** Short messages about what happened elsewhere. What happened here is said where it happened. */
class Toasts {
  items = $state.raw<Toast[]>([]);
  #next = 1;

  show(toast: {
    tone?: ToastTone;
    title: string;
    detail?: string;
    action?: Toast['action'];
    stays?: number;
  }): number {
    const tone = toast.tone ?? 'info';
    const id = this.#next++;
    const stays = toast.stays ?? (toast.action && STAYS[tone] ? WITH_ACTION : STAYS[tone]);
    this.items = [...this.items, { ...toast, id, tone, stays }].slice(-MOST);
    return id;
  }

  dismiss(id: number): void {
    this.items = this.items.filter((toast) => toast.id !== id);
  }

  clear(): void {
    this.items = [];
  }
}

export const toasts = new Toasts();
