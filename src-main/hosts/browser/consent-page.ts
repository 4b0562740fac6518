import { shownCommand, visible, type TrustRequest } from '../../app.js';

// The page on which a person allows a command. It is plain HTML made here: nothing in it comes to life.

export const STYLE = `:root { color-scheme: light dark; font: 14px/1.5 system-ui, sans-serif; }
body { margin: 0; color: light-dark(#1c1e24, #e8eaf0); background: light-dark(#f6f7f9, #141518); }
main { max-width: 720px; margin: 8vh auto; padding: 0 24px; }
h1 { margin: 0 0 8px; font-size: 20px; font-weight: 600; }
p { margin: 0 0 12px; overflow-wrap: anywhere; }
h2 { margin: 20px 0 6px; font-size: 13px; font-weight: 600; }
ol { margin: 0; padding: 12px 16px; list-style: none; border: 1px solid light-dark(#d5d8df, #383b44); border-radius: 6px;
  background: light-dark(#ffffff, #1c1e24); font: 13px/1.6 ui-monospace, monospace; }
li { white-space: pre-wrap; overflow-wrap: anywhere; }
.gone { background: light-dark(#fdecec, #43201f); } .come { background: light-dark(#e6f6ea, #173422); }
.quiet { color: light-dark(#5b606c, #a5abb8); font-size: 13px; }
form { display: flex; gap: 8px; margin: 20px 0 12px; }
button { min-height: 32px; padding: 4px 16px; border: 1px solid light-dark(#b9bec9, #4a4f5b); border-radius: 6px;
  color: inherit; background: light-dark(#ffffff, #24272f); font: inherit; cursor: pointer; }
button[value="yes"] { border-color: transparent; color: #ffffff; background: light-dark(#2457c5, #2f66dc); }
button:disabled { opacity: .45; cursor: default; }
button:focus-visible { outline: 2px solid light-dark(#2457c5, #7aa2ff); outline-offset: 2px; }
`;

/**
 * Allow wakes up when the page has been looked at for a moment: a page of ours that is opened under a finger that is
 * about to click something else takes no answer from it.
 */
export const SCRIPT = `'use strict';
const allow = document.querySelector('button[value="yes"]');
let timer;
const look = () => {
  clearTimeout(timer);
  if (!allow) return;
  allow.disabled = true;
  if (document.visibilityState === 'visible' && document.hasFocus()) timer = setTimeout(() => { allow.disabled = false; }, 900);
};
for (const event of ['focus', 'blur']) addEventListener(event, look);
document.addEventListener('visibilitychange', look);
look();
`;

const escape = (text: string): string => text.replace(/[&<>"']/g, (one) => `&#${one.charCodeAt(0)};`);

const page = (title: string, body: string): string => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)} · Jackfield</title>
<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="/consent.css"></head>
<body><main>${body}</main><script src="/consent.js"></script></body></html>`;

const list = (lines: readonly string[]): string =>
  `<ol>${lines.map((line) => `<li>${escape(line)}</li>`).join('')}</ol>`;

/** Lines that are gone, then what stands now with its new lines marked. */
function difference(before: readonly string[], now: readonly string[]): string {
  const gone = before.filter((line) => !now.includes(line));
  const item = (line: string, kind: string, sign: string, words: string): string =>
    `<li class="${kind}"><span aria-label="${words}">${sign}</span> ${escape(line)}</li>`;
  const items = [
    ...gone.map((line) => item(line, 'gone', '−', 'no longer there')),
    ...now.map((line) =>
      before.includes(line) ? `<li>  ${escape(line)}</li>` : item(line, 'come', '+', 'new'),
    ),
  ];
  return `<ol>${items.join('')}</ol>`;
}

/** @param nonce proves that the answer was given on this very page */
export function questionPage({ name, from, command, before }: TrustRequest, nonce: string): string {
  const lines = shownCommand(command);
  const compared = before
    ? `<h2>What changed since you allowed it</h2>${difference(shownCommand(before), lines)}`
    : '';
  return page(
    'Allow this command?',
    `<h1>Allow “${escape(visible(name))}” to run this command?</h1>
<p>This server ${escape(visible(from))}. Nothing of it has run yet. It runs with all your rights on this computer.</p>
<h2>The whole command</h2>${list(lines)}${compared}
<form method="post"><input type="hidden" name="nonce" value="${escape(nonce)}">
<button name="answer" value="no" autofocus>Don’t allow</button>
<button name="answer" value="yes" disabled>Allow</button></form>
<p class="quiet">You are asked once for each command. Allow only what you know.</p>`,
  );
}

export function lastPage(title: string, detail: string): string {
  return page(title, `<h1>${escape(title)}</h1><p role="status">${escape(detail)}</p>`);
}
