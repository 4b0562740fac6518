import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { z } from 'zod';
import { replaceFile } from '../../platform/durable-file.js';

export const PROTOCOL = 'jackfield.v1';
const BEARER = 'bearer.';

/** A page that was open when the host restarted may come back with the token it has, for this long. */
const REMEMBERED_MS = 12 * 60 * 60 * 1000;
const REMEMBERED_MOST = 8;

const sessionsSchema = z.array(z.strictObject({ sha256: z.string().length(64), until: z.number() }));
type Sessions = z.infer<typeof sessionsSchema>;

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/**
 * Who may talk to the browser host. Every start makes a new token. Of the older ones only a hash is kept, so a page
 * survives a restart of the host and nothing on disk lets anybody in.
 */
export class Access {
  private constructor(
    readonly token: string,
    private readonly sessions: Sessions,
  ) {}

  static async open(dataDir: string): Promise<Access> {
    const file = join(dataDir, 'browser-sessions.json');
    const now = Date.now();
    const older = (await readSessions(file)).filter(({ until }) => until > now);
    const token = randomBytes(32).toString('hex');
    const sessions = [...older, { sha256: sha256(token), until: now + REMEMBERED_MS }].slice(
      -REMEMBERED_MOST,
    );
    await replaceFile(file, JSON.stringify(sessions));
    return new Access(token, sessions);
  }

  /** Whether the upgrade offers a subprotocol `bearer.<token>` with a token of ours. */
  admits(request: IncomingMessage): boolean {
    const offered = (request.headers['sec-websocket-protocol'] ?? '').split(',').map((word) => word.trim());
    return offered.some((word) => word.startsWith(BEARER) && this.#isKnown(word.slice(BEARER.length)));
  }

  #isKnown(token: string): boolean {
    const hash = Buffer.from(sha256(token));
    const now = Date.now();
    // Every hash is compared, in constant time each, so that the time taken says nothing.
    return this.sessions
      .map(({ sha256: known, until }) => timingSafeEqual(hash, Buffer.from(known)) && until > now)
      .includes(true);
  }
}

/** The file is a convenience: one that cannot be read costs open pages their reconnect and nothing else. */
async function readSessions(file: string): Promise<Sessions> {
  try {
    return sessionsSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return [];
  }
}

/**
 * Whether a request speaks to this very host under a loopback name, and comes from our own page or from no page at
 * all. A page of another site that rebinds its DNS name to 127.0.0.1 fails the Host check; one that simply connects
 * fails the Origin check. A request without Origin is no browser's; it still needs the token.
 */
export function isOwn(request: IncomingMessage, port: number): boolean {
  const hosts = [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`];
  const { host, origin } = request.headers;
  if (!host || !hosts.includes(host.toLowerCase())) return false;
  return origin === undefined || hosts.some((own) => origin.toLowerCase() === `http://${own}`);
}
