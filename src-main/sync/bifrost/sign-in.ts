import { RemoteFailure } from '../http/failure.js';
import type { SignIn } from '../remote-adapter.js';

/** A sign-in is given up at the latest after this, whatever the gateway says. */
const LONGEST_MS = 60 * 60_000;
/** Where the gateway does not say it: 1.4 keeps a sign-in in memory for five minutes. */
const USUAL_MS = 5 * 60_000;

type Begun = {
  authorize_url?: string | undefined;
  oauth_config_id?: string | undefined;
  expires_at?: string | undefined;
  complete_url?: string | undefined;
  status_url?: string | undefined;
};

/** Only a path on the gateway itself: what it answers must not send credentials elsewhere. */
const localPath = (text: string | undefined): string | undefined =>
  text?.startsWith('/') && !text.startsWith('//') ? text : undefined;

function expiryOf(text: string | undefined): string {
  const now = Date.now();
  const told = Date.parse(text ?? '');
  return new Date(Number.isNaN(told) ? now + USUAL_MS : Math.min(told, now + LONGEST_MS)).toISOString();
}

/**
 * How a sign-in goes on that the gateway has begun. @throws RemoteFailure without an address that a browser may open
 * @param usualCompletePath 1.4 completes by the client's id and sends no URL; later ones say where
 */
export function signInOf(made: Begun, usualCompletePath: string, where: string): SignIn {
  const url = made.authorize_url ?? '';
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new RemoteFailure(
      'remote_rejected',
      `${where} wants somebody to sign in and names no page for it.`,
      'Look at the OAuth settings of this server, and at the gateway’s own log.',
    );
  const config = encodeURIComponent((made.oauth_config_id ?? '').toWellFormed());
  return {
    url,
    statusPath: localPath(made.status_url) ?? `/api/oauth/config/${config}/status`,
    completePath: localPath(made.complete_url) ?? usualCompletePath,
    expiresAt: expiryOf(made.expires_at),
  };
}
