/** A window sends tens of messages a second at its busiest; a program that calls one after the other, thousands. */
const MESSAGES_PER_SECOND = 5_000;
const SECOND_MS = 1_000;

type Peer = { pause(): void; resume(): void };

/**
 * Reads a peer that floods no faster than others can be served beside it: what it sent beyond its share waits in its
 * own socket. Nothing is lost and nobody is cut off, since a fast machine lets an honest program reach any rate.
 *
 * @returns to be called at every message
 */
export function keepPace(peer: Peer): () => void {
  let since = -Infinity;
  let count = 0;
  return () => {
    const now = performance.now();
    if (now - since >= SECOND_MS) [since, count] = [now, 0];
    count += 1;
    // What had been read by the time of the pause still comes, and must not pause it a second time.
    if (count !== MESSAGES_PER_SECOND) return;
    peer.pause();
    setTimeout(() => peer.resume(), SECOND_MS - (now - since)).unref();
  };
}
