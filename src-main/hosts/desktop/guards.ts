import { app, shell, type Session, type WebContents } from 'electron';
import { externalUrl, isOwnPage } from './page-origin.js';

/** What our own page may do: put a text on the clipboard when the person presses a copy button. It cannot read it. */
const GRANTED = 'clipboard-sanitized-write';

/** No page, ours included, is given camera, location, notifications or any other permission but that one. */
export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl, isMainFrame }) =>
    answer(permission === GRANTED && isMainFrame && isOwnPage(requestingUrl)),
  );
  session.setPermissionCheckHandler(
    (_contents, permission, origin, { isMainFrame }) =>
      permission === GRANTED && isMainFrame && isOwnPage(origin),
  );
  session.setDevicePermissionHandler(() => false);
}

/** Every web contents that is ever made stays on our page and opens nothing; links go to the OS's browser. */
export function guardNavigation(): void {
  app.on('web-contents-created', (_event, contents) => guard(contents));
}

export function guard(contents: WebContents): void {
  const stay = (details: { preventDefault(): void; url: string }): void => {
    if (!isOwnPage(details.url)) details.preventDefault();
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(({ url }) => {
    const external = externalUrl(url);
    if (external) void shell.openExternal(external);
    return { action: 'deny' };
  });
}
