import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import {
  bracketMatching,
  foldGutter,
  foldKeymap,
  HighlightStyle,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search';
import { EditorState } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';

// Everything of CodeMirror is imported here and nowhere else, so that it is one part that is fetched when it is wanted.

/** One fault of the text, by character offsets. */
export type Mark = { from: number; to: number; message: string };

export type EditorOptions = {
  text: string;
  label: string;
  readonly: boolean;
  onchange: (text: string) => void;
};

export type Editor = {
  setText(text: string): void;
  setMarks(marks: readonly Mark[]): void;
  goTo(offset: number): void;
  focus(): void;
  destroy(): void;
};

const look = EditorView.theme({
  '&': {
    height: '100%',
    backgroundColor: 'var(--bg-field)',
    color: 'var(--text)',
    fontSize: 'var(--text-sm)',
  },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--font-mono)', lineHeight: '20px' },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--text)' },
  '.cm-line': { padding: '0 12px 0 4px' },
  '.cm-cursor': { borderLeftColor: 'var(--text)' },
  '.cm-gutters': { backgroundColor: 'var(--bg-field)', color: 'var(--text-faint)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 12px', minWidth: '36px' },
  '.cm-foldGutter .cm-gutterElement': { color: 'var(--text-faint)', cursor: 'default' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--bg-hover) 60%, transparent)' },
  '.cm-activeLineGutter': { backgroundColor: 'transparent', color: 'var(--text)' },
  '.cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 26%, transparent)',
  },
  '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
    backgroundColor: 'var(--bg-active)',
    outline: 'none',
  },
  '.cm-foldPlaceholder': {
    border: 'none',
    backgroundColor: 'var(--bg-active)',
    color: 'var(--text-muted)',
    padding: '0 6px',
  },
  '.cm-tooltip': {
    border: 'none',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--bg-raised)',
    boxShadow: 'var(--shadow-overlay)',
    color: 'var(--text)',
    fontFamily: 'var(--font-ui)',
    overflow: 'hidden',
  },
  '.cm-diagnostic': { padding: '6px 10px', borderLeft: '3px solid var(--failed-mark)' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--failed-mark) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lint-marker-error': {
    content: 'none',
    width: '7px',
    height: '7px',
    margin: '7px 3px',
    borderRadius: '50%',
    backgroundColor: 'var(--failed-mark)',
  },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-panels': { backgroundColor: 'var(--bg-sunken)', color: 'var(--text)', fontFamily: 'var(--font-ui)' },
  '.cm-panels.cm-panels-top': { borderBottom: '1px solid var(--line)' },
  '.cm-textfield': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-sm)',
    backgroundColor: 'var(--bg-field)',
    color: 'var(--text)',
  },
  '.cm-button': {
    border: '1px solid var(--line-strong)',
    borderRadius: 'var(--radius-sm)',
    backgroundImage: 'none',
    backgroundColor: 'var(--bg-raised)',
    color: 'var(--text)',
  },
  '.cm-searchMatch': { backgroundColor: 'var(--attention-soft)', outline: '1px solid var(--attention-mark)' },
  '.cm-searchMatch-selected': {
    backgroundColor: 'color-mix(in srgb, var(--attention-mark) 40%, transparent)',
  },
});

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--text)' },
  { tag: tags.string, color: 'var(--running-text)' },
  { tag: tags.number, color: 'var(--accent-text)' },
  { tag: [tags.bool, tags.null], color: 'var(--attention-text)' },
  { tag: tags.punctuation, color: 'var(--text-faint)' },
  { tag: tags.invalid, color: 'var(--failed-text)' },
]);

/** Ctrl+Enter belongs to the screen (it runs the tool), Tab to whoever walks through the page by keyboard. */
const editing = defaultKeymap.filter((binding) => binding.key !== 'Mod-Enter');

/** The smallest change that makes `now` of `before`: the cursor and the folds elsewhere stay. */
function change(before: string, now: string): { from: number; to: number; insert: string } {
  let start = 0;
  while (start < before.length && start < now.length && before[start] === now[start]) start += 1;
  let end = 0;
  const room = Math.min(before.length, now.length) - start;
  while (end < room && before[before.length - 1 - end] === now[now.length - 1 - end]) end += 1;
  return { from: start, to: before.length - end, insert: now.slice(start, now.length - end) };
}

/**
 * A JSON editor within `parent`. It lives in a shadow root: there CodeMirror uses constructed style sheets, where in
 * the document it would add `<style>` elements, which our content security policy refuses.
 */
export function createEditor(
  parent: HTMLElement,
  { text, label, readonly, onchange }: EditorOptions,
): Editor {
  const root = parent.shadowRoot ?? parent.attachShadow({ mode: 'open' });
  let fromOutside = false;
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(),
        foldGutter(),
        lintGutter(),
        history(),
        drawSelection(),
        indentOnInput(),
        bracketMatching(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSelectionMatches(),
        search({ top: true }),
        json(),
        look,
        syntaxHighlighting(colours),
        EditorState.tabSize.of(2),
        EditorView.lineWrapping,
        EditorState.readOnly.of(readonly),
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', tabindex: '0' }),
        keymap.of([...editing, ...searchKeymap, ...historyKeymap, ...foldKeymap, ...lintKeymap]),
        EditorView.updateListener.of((update) => {
          if (update.docChanged && !fromOutside) onchange(update.state.doc.toString());
        }),
      ],
    }),
  });
  return {
    setText(next) {
      const before = view.state.doc.toString();
      if (before === next) return;
      fromOutside = true;
      view.dispatch({ changes: change(before, next) });
      fromOutside = false;
    },
    setMarks(marks) {
      const end = view.state.doc.length;
      const diagnostics = marks.map(({ from, to, message }) => ({
        from: Math.min(from, end),
        to: Math.min(Math.max(to, from), end),
        message,
        severity: 'error' as const,
      }));
      view.dispatch(setDiagnostics(view.state, diagnostics));
    },
    goTo(offset) {
      const anchor = Math.min(offset, view.state.doc.length);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    focus: () => view.focus(),
    destroy: () => view.destroy(),
  };
}
