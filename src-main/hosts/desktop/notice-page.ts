import { PAGE_HOST, SCHEME } from './page-origin.js';

/** Pages that are made here rather than built: path → type and content. */
export type MadePages = Map<string, { type: string; body: string }>;

const STYLE = `:root { color-scheme: light dark; font: 13px system-ui, sans-serif; }
body { margin: 0; height: 100vh; display: grid; place-content: center; text-align: center;
  color: light-dark(#1c1e24, #e8eaf0); background: light-dark(#ffffff, #1c1e24); cursor: default; user-select: none; }
p { margin: 0; } p + p { margin-top: 4px; opacity: .65; font-size: 12px; }`;

const escape = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');

/** A page of two lines without any script. Answers the address it is served at. */
export function addNotice(pages: MadePages, name: string, title: string, detail: string): string {
  pages.set('/notice/style.css', { type: 'text/css; charset=utf-8', body: STYLE });
  pages.set(`/notice/${name}.html`, {
    type: 'text/html; charset=utf-8',
    body: `<!doctype html><html lang="en"><meta charset="utf-8"><title>Jackfield</title>
<link rel="stylesheet" href="style.css"><p role="status">${escape(title)}</p><p>${escape(detail)}</p></html>`,
  });
  return `${SCHEME}://${PAGE_HOST}/notice/${name}.html`;
}
