import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { AppError } from '../../../src-main/contract/index.js';
import { StartFailure, type Attempt, type Ending } from '../../../src-main/runtime/attempt.js';
import type { Session } from '../../../src-main/runtime/session/session.js';
import { Supervisor } from '../../../src-main/runtime/supervisor.js';

/** An attempt whose fate the test decides. */
class FakeAttempt implements Attempt {
  readonly tree = undefined;
  ends: { asking: boolean }[] = [];
  becomeReady!: () => void;
  fail!: (failure: StartFailure) => void;
  endByItself!: (ending: Ending) => void;
  finishEnd!: () => void;
  readonly ready: Attempt['ready'];
  readonly ended: Promise<Ending>;

  constructor(
    readonly pid: number,
    readonly free: Promise<void>,
  ) {
    this.ready = new Promise((resolve, reject) => {
      const session = {
        tools: [{}, {}],
        serverInfo: { name: 'n', version: '1' },
        protocolVersion: 'p',
      } as unknown as Session;
      this.becomeReady = () => resolve({ session, readyMs: 5 });
      this.fail = reject;
    });
    this.ended = new Promise((resolve) => (this.endByItself = resolve));
  }

  end(options: { asking: boolean; force: AbortSignal }): Promise<Ending | undefined> {
    this.ends.push(options);
    return new Promise((resolve) => {
      this.finishEnd = () => resolve({ exitCode: 0, signal: null, reason: 'was stopped' });
      if (!options.asking) this.finishEnd();
      options.force.addEventListener('abort', this.finishEnd);
    });
  }
}

const attempts: FakeAttempt[] = [];
const said: string[] = [];
let supervisor: Supervisor;
let policy: 'never' | 'on_failure' | 'always';

beforeEach(() => {
  vi.useFakeTimers();
  attempts.length = 0;
  said.length = 0;
  policy = 'on_failure';
  supervisor = new Supervisor({
    serverId: 's',
    policy: () => policy,
    launch: (free) => {
      const attempt = new FakeAttempt(100 + attempts.length, free);
      attempts.push(attempt);
      return attempt;
    },
    say: (text) => said.push(text),
    changed: () => {},
    redact: (text) => text.replaceAll('hunter2', '••••'),
    random: () => 0.5,
  });
});
afterEach(() => vi.useRealTimers());

const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
async function running(): Promise<FakeAttempt> {
  const started = supervisor.start();
  attempts.at(-1)!.becomeReady();
  await started;
  return attempts.at(-1)!;
}
const crash: Ending = { exitCode: 1, signal: null, reason: 'ended with exit code 1' };
const unreachable = new StartFailure(new AppError('remote_unreachable', 'Not there.', 'Wait.'), false);

describe('a start', () => {
  it('answers when it is ready', async () => {
    const started = supervisor.start();
    expect(supervisor.run).toEqual({ serverId: 's', state: 'starting', pid: 100, restarts: 0 });
    attempts[0]!.becomeReady();
    expect(await started).toMatchObject({ state: 'running', readyMs: 5, toolCount: 2, protocolVersion: 'p' });
    expect(said).toEqual(['stopped → starting', 'starting → running: n 1, ready in 5 ms, 2 tools']);
  });

  it('that fails answers with the error the run keeps', async () => {
    const started = supervisor.start();
    const error = new AppError('start_failed', 'No hunter2.', 'Do.');
    attempts[0]!.fail(new StartFailure(error, true));
    await expect(started).rejects.toMatchObject({ code: 'start_failed', message: 'No ••••.' });
    expect(supervisor.run).toMatchObject({
      state: 'failed',
      error: { code: 'start_failed', message: 'No ••••.', hint: 'Do.' },
    });
  });

  it('waits for the tries after an early exit, and may yet succeed', async () => {
    const started = supervisor.start();
    const early = new StartFailure(new AppError('start_failed', 'Early.', ''), false, crash);
    attempts[0]!.fail(early);
    await settle();
    expect(supervisor.run).toMatchObject({ state: 'backoff', exitCode: 1, error: { message: 'Early.' } });
    expect(supervisor.run.retryAt).toBe(new Date(Date.now() + 1_000).toISOString());
    await vi.advanceTimersByTimeAsync(1_000);
    attempts[1]!.becomeReady();
    expect(await started).toMatchObject({ state: 'running', restarts: 1 });
    expect(supervisor.run.error).toBeUndefined();
  });

  it('does not wait for a remote that may stay away for ever', async () => {
    const started = supervisor.start();
    attempts[0]!.fail(unreachable);
    await expect(started).rejects.toMatchObject({ code: 'remote_unreachable' });
    expect(supervisor.run).toMatchObject({ state: 'backoff', error: { code: 'remote_unreachable' } });
  });

  it('is refused when somebody stops it meanwhile', async () => {
    const started = supervisor.start();
    const stopped = supervisor.stop();
    attempts[0]!.finishEnd();
    await expect(started).rejects.toMatchObject({
      code: 'start_failed',
      message: expect.stringContaining('stopped'),
    });
    expect(await stopped).toMatchObject({ state: 'stopped' });
  });
});

describe('what an older attempt does', () => {
  it('never touches a newer one', async () => {
    const first = await running();
    const restarted = supervisor.restart();
    first.finishEnd();
    await settle();
    attempts[1]!.becomeReady();
    await restarted;
    first.endByItself(crash);
    await settle();
    expect(supervisor.run).toMatchObject({ state: 'running', pid: 101 });
    expect(supervisor.run.error).toBeUndefined();
    supervisor.lost(first, crash);
    expect(supervisor.run.state).toBe('running');
  });

  it('must be over before the next one may spawn', async () => {
    const first = await running();
    const stopping = supervisor.stop();
    const starting = supervisor.start();
    await settle();
    expect(attempts).toHaveLength(1);
    first.finishEnd();
    await settle();
    expect(attempts).toHaveLength(2);
    await attempts[1]!.free;
    attempts[1]!.becomeReady();
    expect(await starting).toMatchObject({ pid: 101 });
    await stopping;
  });
});

describe('a crash', () => {
  it('cleans up, waits, tries again, and says so', async () => {
    const first = await running();
    first.endByItself(crash);
    await settle();
    expect(first.ends).toEqual([expect.objectContaining({ asking: false })]);
    expect(supervisor.run).toMatchObject({ state: 'backoff', exitCode: 1, error: { code: 'not_running' } });
    expect(said.at(-1)).toBe('running → backoff: The server ended with exit code 1. Next try in 1 s.');
    await vi.advanceTimersByTimeAsync(1_000);
    expect(supervisor.run).toMatchObject({ state: 'starting', restarts: 1 });
  });

  it('trips a breaker after five in a row', async () => {
    await running();
    for (const delay of [1_000, 2_000, 4_000, 8_000]) {
      attempts.at(-1)!.endByItself(crash);
      await vi.advanceTimersByTimeAsync(delay);
      attempts.at(-1)!.becomeReady();
      await settle();
    }
    attempts.at(-1)!.endByItself(crash);
    await settle();
    expect(said.at(-1)).toContain('Next try in 30 s; 5 failures in a row, so it is only probed every 30 s.');
    await vi.advanceTimersByTimeAsync(29_999);
    expect(supervisor.run.state).toBe('backoff');
  });

  it('is not tried again once it was stopped', async () => {
    const first = await running();
    first.endByItself(crash);
    await settle();
    await supervisor.stop();
    await vi.advanceTimersByTimeAsync(60_000);
    expect(attempts).toHaveLength(1);
    expect(supervisor.run).toMatchObject({ state: 'stopped' });
    expect(supervisor.run.error).toBeUndefined();
  });
});

it('a second stop forces the first', async () => {
  const attempt = await running();
  const first = supervisor.stop();
  expect(supervisor.run).toMatchObject({ state: 'stopping', pid: 100 });
  const second = supervisor.stop();
  expect(attempt.ends).toHaveLength(1);
  expect(await first).toMatchObject({ state: 'stopped', exitCode: 0 });
  expect((await second).pid).toBeUndefined();
});
