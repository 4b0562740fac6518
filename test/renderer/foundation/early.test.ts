import { describe, expect, it } from 'vitest';
import { startEarly } from '../../../src-renderer/rpc/early.js';
import { Listeners } from '../../../src-renderer/rpc/listeners.js';
import type { Transport, TransportState } from '../../../src-renderer/rpc/transport.js';

type Message = { id?: unknown; method?: string; result?: unknown };

/** A transport whose other end is the test. */
class Line implements Transport {
  readonly sent: Message[] = [];
  readonly messages = new Listeners<unknown>();
  readonly states = new Listeners<TransportState>();
  start = (): void => this.states.tell({ status: 'connecting' });
  send = (message: unknown): void => void this.sent.push(message as Message);
  onMessage = (callback: (message: unknown) => void): (() => void) => this.messages.add(callback);
  onState = (callback: (state: TransportState) => void): (() => void) => this.states.add(callback);
  retry = (): void => this.states.tell({ status: 'connecting' });
  close = (): void => undefined;
  open = (): void => this.states.tell({ status: 'open' });
  answer = (method: string, result: unknown): void =>
    this.messages.tell({ id: this.sent.find((each) => each.method === method)?.id, result });
}

function listening(early: Transport): { states: string[]; heard: Message[] } {
  const seen = { states: [] as string[], heard: [] as Message[] };
  early.onState(({ status }) => seen.states.push(status));
  early.onMessage((message) => seen.heard.push(message as Message));
  early.start();
  return seen;
}

describe('a transport that is started early', () => {
  it('asks as soon as it is open, and answers the first call with what came meanwhile', async () => {
    const line = new Line();
    const early = startEarly(line, ['app.info', 'app.snapshot']);
    line.open();
    expect(line.sent.map(({ method }) => method)).toEqual(['app.info', 'app.snapshot']);
    line.messages.tell({ method: 'servers.changed' });
    line.answer('app.info', 'known');
    const seen = listening(early);
    expect(seen.states).toEqual(['connecting', 'open']);
    expect(seen.heard).toEqual([{ method: 'servers.changed' }]);
    early.send({ id: 1, method: 'app.info' });
    early.send({ id: 2, method: 'app.snapshot' });
    await Promise.resolve();
    expect(seen.heard.slice(1)).toEqual([{ id: 1, result: 'known' }]);
    line.answer('app.snapshot', 'late');
    expect(seen.heard.at(-1)).toEqual({ id: 2, result: 'late' });
    expect(line.sent).toHaveLength(2);
  });

  it('asks the host itself the second time', async () => {
    const line = new Line();
    const early = startEarly(line, ['app.info']);
    line.open();
    line.answer('app.info', 'first');
    const seen = listening(early);
    early.send({ id: 1, method: 'app.info' });
    await Promise.resolve();
    early.send({ id: 2, method: 'app.info' });
    expect(line.sent.at(-1)).toEqual({ id: 2, method: 'app.info' });
    line.messages.tell({ id: 2, result: 'second' });
    expect(seen.heard).toEqual([
      { id: 1, result: 'first' },
      { id: 2, result: 'second' },
    ]);
  });

  it('gives nobody an answer of a connection that was lost', async () => {
    const line = new Line();
    const early = startEarly(line, ['app.info']);
    line.open();
    line.answer('app.info', 'stale');
    const seen = listening(early);
    line.states.tell({ status: 'waiting', attempt: 1, retryAt: 0 });
    line.open();
    early.send({ id: 1, method: 'app.info' });
    await Promise.resolve();
    expect(seen.heard).toEqual([]);
    expect(line.sent.at(-1)).toEqual({ id: 1, method: 'app.info' });
  });

  it('is told that it was refused', () => {
    const line = new Line();
    const early = startEarly(line, ['app.info']);
    line.states.tell({ status: 'refused', reason: 'no_token' });
    expect(listening(early).states).toEqual(['connecting', 'refused']);
    expect(line.sent).toEqual([]);
  });
});
