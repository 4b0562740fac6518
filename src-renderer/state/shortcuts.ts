import type { Command } from './commands.svelte.js';

export const isMac = /mac|iphone|ipad/i.test(navigator.userAgent);

const SEQUENCE_MS = 1_000;

/** `mod+k` → ['⌘', 'K'] or ['Ctrl', 'K'], for `Kbd`. */
export function keysOf(shortcut: string): string[] {
  const words: Record<string, string> = {
    mod: isMac ? '⌘' : 'Ctrl',
    shift: isMac ? '⇧' : 'Shift',
    alt: isMac ? '⌥' : 'Alt',
    enter: '↵',
    escape: 'Esc',
    arrowup: '↑',
    arrowdown: '↓',
    arrowleft: '←',
    arrowright: '→',
    space: 'Space',
  };
  return shortcut
    .split(' ')
    .flatMap((stroke) => (stroke === '+' ? ['+'] : stroke.split('+')))
    .map((key) => words[key] ?? (key.length === 1 ? key.toUpperCase() : key));
}

/** One key press in the words of `Command.shortcut`. Shift is named only where it does not already change the key. */
export function strokeOf(event: KeyboardEvent): string {
  const parts: string[] = [];
  if (isMac ? event.metaKey : event.ctrlKey) parts.push('mod');
  if (event.altKey) parts.push('alt');
  if (event.shiftKey && (event.key.length > 1 || parts.length > 0)) parts.push('shift');
  parts.push(event.key === ' ' ? 'space' : event.key.toLowerCase());
  return parts.join('+');
}

/** A plain key belongs to whoever is typing. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  return target.matches('input:not([type=checkbox]):not([type=radio]), textarea, select, [role=combobox]');
}

/** A dialog or menu is open: the keys of the screen below it are not meant. */
const overlayIsOpen = (): boolean =>
  document.querySelector(
    ':is([role=dialog], [role=alertdialog], [role=menu], [role=listbox])[data-state=open]',
  ) !== null;

/**
 * Answers a keydown handler that runs the command whose shortcut was pressed. Keys with Ctrl or Cmd work everywhere;
 * plain ones only where nobody types and nothing lies over the screen.
 */
export function shortcutHandler(commands: () => Command[]): (event: KeyboardEvent) => void {
  let before: { stroke: string; at: number } | undefined;
  return (event) => {
    if (event.defaultPrevented || event.isComposing) return;
    const stroke = strokeOf(event);
    const plain = !stroke.startsWith('mod+');
    // Within a shadow root (the JSON editor) the event's target is only the root's host.
    const isElsewhere = isTyping(event.composedPath()[0] ?? event.target) || overlayIsOpen();
    if (plain && isElsewhere) return;
    const sequence =
      before && event.timeStamp - before.at < SEQUENCE_MS ? `${before.stroke} ${stroke}` : undefined;
    const all = commands();
    const found =
      (sequence && all.find((command) => command.shortcut === sequence)) ||
      all.find((command) => command.shortcut === stroke);
    before = found || !plain ? undefined : { stroke, at: event.timeStamp };
    if (!found || (found.notWhileTyping && isElsewhere)) return;
    event.preventDefault();
    found.run();
  };
}
