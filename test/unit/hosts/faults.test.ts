import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchForFaults } from '../../../src-main/hosts/faults.js';

const EVENTS = ['uncaughtException', 'unhandledRejection'] as const;
type Event = (typeof EVENTS)[number];

describe('a fault that nobody caught', () => {
  const before = new Map<Event, unknown[]>();
  beforeEach(() => EVENTS.forEach((event) => before.set(event, process.rawListeners(event))));
  afterEach(() => {
    for (const event of EVENTS) for (const one of added(event)) process.removeListener(event, one);
  });
  const added = (event: Event) =>
    process.rawListeners(event).filter((one) => !before.get(event)?.includes(one)) as ((
      error: unknown,
    ) => void)[];
  /** Only ours: the test runner listens for the same events. */
  const meet = (event: Event, error: unknown): void => added(event).forEach((listener) => listener(error));

  function watched(opening?: Promise<never>) {
    const app = { redact: (text: string) => text.replaceAll('token', '••••'), tellFault: vi.fn() };
    const said: string[] = [];
    const stop = vi.fn();
    watchForFaults(opening ?? Promise.resolve(app), stop, (line) => said.push(line));
    return { app, said, stop };
  }

  it('ends the host where it was thrown, and its text is redacted', async () => {
    const { said, stop } = watched();
    meet('uncaughtException', 'token');
    await vi.waitFor(() => expect(stop).toHaveBeenCalledOnce());
    expect(said).toEqual(['Jackfield met a fault and stops: ••••']);
  });

  it('ends the host that could not even be opened', async () => {
    const { said, stop } = watched(Promise.reject(new Error('no folder')));
    meet('uncaughtException', 'gone');
    await vi.waitFor(() => expect(stop).toHaveBeenCalledOnce());
    expect(said).toEqual(['Jackfield met a fault and stops: gone']);
  });

  it('is told once and stops nothing where nobody waited for it', async () => {
    const { app, said, stop } = watched();
    const error = new Error('of token');
    for (let time = 0; time < 3; time += 1) meet('unhandledRejection', error);
    await vi.waitFor(() => expect(app.tellFault).toHaveBeenCalledOnce());
    meet('unhandledRejection', 'another');
    await vi.waitFor(() => expect(app.tellFault).toHaveBeenCalledTimes(2));
    expect(said).toHaveLength(2);
    expect(said[0]).toContain('goes on: Error: of ••••');
    expect(stop).not.toHaveBeenCalled();
  });

  it('fills no log, however many there are', async () => {
    const { app, said } = watched();
    for (let nr = 0; nr < 500; nr += 1) meet('unhandledRejection', `fault ${nr}`);
    await vi.waitFor(() => expect(app.tellFault).toHaveBeenCalledTimes(100));
    await Promise.resolve();
    expect(said).toHaveLength(100);
  });
});
