const KEY = 'jackfield.token';

/**
 * The token the host put into the address (`#token=…`). It is moved to the tab's session storage and taken off the
 * address at once, so that it is in no bookmark, history entry or screenshot.
 */
export function takeToken(location: Location, history: History, storage: Storage): string | undefined {
  const fromHash = new URLSearchParams(location.hash.replace(/^#/, '')).get('token');
  if (fromHash) {
    storage.setItem(KEY, fromHash);
    history.replaceState(null, '', `${location.pathname}${location.search}#/`);
    return fromHash;
  }
  return storage.getItem(KEY) ?? undefined;
}
