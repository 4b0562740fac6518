import type { UpdateState } from '../contract/index.js';

/** The app's way to newer versions of itself, where its host has one. */
export type Updates = {
  status(): UpdateState;
  /** Looks now, because the person asked. */
  check(): Promise<UpdateState>;
  /** @throws AppError `unsupported` where nothing is ready to be installed */
  install(): Promise<void>;
  onChanged(listener: (update: UpdateState) => void): void;
};

const REASON = 'The browser host does not update itself. Update what it was started from.';

/** Of a host that is updated by whoever put it there. */
export const NO_UPDATES: Pick<Updates, 'status'> = {
  status: () => ({ state: 'unsupported', reason: REASON }),
};
