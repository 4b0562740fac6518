import type { Icon } from './Icon.js';

/** One line of a menu. */
export type MenuItem =
  | {
      label: string;
      icon?: Icon | undefined;
      keys?: string | undefined;
      danger?: boolean;
      disabled?: boolean;
      run: () => void;
    }
  /** Something that is on or off; the menu stays open. */
  | { label: string; checked: boolean; run: () => void }
  | { heading: string }
  | 'line';
