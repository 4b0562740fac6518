/**
 * Which strings of the window's sources are words for a person. What the library's own rule says (markup; strings that
 * begin like a sentence) holds but for names that programs read; strings that begin in lower case count where they have
 * words, or stand where only words stand.
 *
 * A text wrongly taken for code stays English, which the test of the catalogue's completeness cannot see; code wrongly
 * taken for a text appears in the catalogue, where it is seen. So in doubt it is a text.
 */

/** Values of KeyboardEvent.key, and what else has a capital and is compared or sent, never shown. */
const NAMES = new Set(
  [
    'ArrowUp ArrowDown ArrowLeft ArrowRight Home End PageUp PageDown Enter Escape Backspace Delete Tab ContextMenu',
    'Mod-Enter Mod-s Shift-Tab Files Header-Name Authorization Bearer Bifrost Letta Jackfield JSON OAuth Control Meta',
    'Content-Type Accept Z Ctrl+S',
  ].flatMap((line) => line.split(' ')),
);

/** Files that hold styles of a canvas or an editor, and commands for a terminal. */
const CODE = /(?:codemirror|uplot|call-snippet|ansi|shortcuts|fonts)\.ts$/;

const CODE_CALLS =
  /(?:^|\.)(?:matches|closest|querySelector|querySelectorAll|matchMedia|theme|Symbol|use|getItem|setItem|addEventListener|import)$/;

/** Attributes whose value is shown or spoken even where it begins in lower case. */
const WORD_ATTRIBUTES = new Set([
  'noun',
  'what',
  'note',
  'label',
  'message',
  'hint',
  'title',
  'description',
  'text',
]);

const LOWER_WORDS = /(?:^|\s)\p{Ll}{2,}\s+\p{L}|\}\s+\p{Ll}{2,}|^# \p{Ll}{2,}|^\p{Ll}+ #/u;
const LOOKS_LIKE_CODE = /[{}<>;=]|var\(|px\b|^\s*[.#:[]\S|-H |--|\b(?:input|textarea)\b.*,/;

/**
 * @param {import('wuchale').Message} message
 * @param {(message: import('wuchale').Message) => unknown} usual the library's own rule
 */
export function isText(message, usual) {
  const { scope, attribute, call, file } = message.details;
  const text = message.msgStr.join(' ');
  if (scope === 'markup') return Boolean(usual(message));
  if (CODE.test(file) || NAMES.has(text)) return false;
  if (scope === 'attribute') {
    return Boolean(usual(message)) || (WORD_ATTRIBUTES.has(attribute ?? '') && /^\p{Ll}/u.test(text));
  }
  if (call && CODE_CALLS.test(call)) return false;
  return Boolean(usual(message)) || (LOWER_WORDS.test(text) && !LOOKS_LIKE_CODE.test(text));
}
