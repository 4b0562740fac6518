import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AT_REST,
  decide,
  type Decision,
  type Machine,
  type MachineEvent,
} from '../../../src-main/runtime/run-state.js';
import { backOffMs, wantsRestart } from '../../../src-main/runtime/restart-policy.js';

type Policy = 'never' | 'on_failure' | 'always';
const around = (policy: Policy, now = 0) => ({ policy, now, random: 0.5 });

/** Feeds events one after another; answers the last decision. */
function play(events: MachineEvent[], policy: Policy = 'on_failure', now = 0): Decision {
  let decision: Decision = { machine: AT_REST, effects: [] };
  for (const event of events) decision = decide(decision.machine, event, around(policy, now));
  return decision;
}
const start: MachineEvent = { type: 'start' };
const stop: MachineEvent = { type: 'stop' };
const restart: MachineEvent = { type: 'restart' };
const ready: MachineEvent = { type: 'ready' };
const gone: MachineEvent = { type: 'gone' };
const retry: MachineEvent = { type: 'retry_due' };
const crash: MachineEvent = { type: 'ended', endedWell: false };
const exit0: MachineEvent = { type: 'ended', endedWell: true };
const early: MachineEvent = { type: 'start_failed', permanent: false, early: true, endedWell: false };
const hopeless: MachineEvent = { type: 'start_failed', permanent: true, early: false, endedWell: false };

describe('a start and a stop', () => {
  it('go through starting, running and stopping', () => {
    expect(play([start])).toMatchObject({ machine: { state: 'starting' }, effects: ['launch'] });
    expect(play([start, ready])).toMatchObject({ machine: { state: 'running' }, effects: [] });
    expect(play([start, ready, stop])).toMatchObject({ machine: { state: 'stopping' }, effects: ['end'] });
    expect(play([start, ready, stop, gone])).toMatchObject({ machine: AT_REST, effects: [] });
  });

  it('change nothing when they are not needed', () => {
    expect(play([stop])).toEqual({ machine: AT_REST, effects: [] });
    expect(play([start, start])).toMatchObject({ machine: { state: 'starting' }, effects: [] });
    expect(play([start, ready, start])).toMatchObject({ machine: { state: 'running' }, effects: [] });
  });

  it('may cross each other', () => {
    expect(play([start, stop])).toMatchObject({ machine: { state: 'stopping' }, effects: ['end'] });
    expect(play([start, stop, ready])).toMatchObject({ machine: { state: 'stopping' }, effects: [] });
    expect(play([start, ready, stop, start])).toMatchObject({ machine: { state: 'stopping' }, effects: [] });
    expect(play([start, ready, stop, start, gone])).toMatchObject({
      machine: { state: 'starting' },
      effects: ['launch'],
    });
    expect(play([start, ready, stop, start, stop, gone]).machine.state).toBe('stopped');
  });

  it('a second stop forces, a stop of a failed one puts the failure aside', () => {
    expect(play([start, ready, stop, stop])).toMatchObject({
      machine: { state: 'stopping' },
      effects: ['force'],
    });
    expect(play([start, hopeless, stop])).toMatchObject({ machine: { state: 'stopped' }, effects: [] });
    expect(play([start, ready, crash, stop])).toMatchObject({ machine: AT_REST, effects: ['cancel_retry'] });
  });
});

it('a restart leads to a new launch from every state', () => {
  const ways: Record<Machine['state'], MachineEvent[]> = {
    stopped: [],
    starting: [start],
    running: [start, ready],
    stopping: [start, ready, stop],
    backoff: [start, ready, crash],
    failed: [start, hopeless],
  };
  for (const [state, way] of Object.entries(ways)) {
    expect(play(way).machine.state).toBe(state);
    const after = play([...way, restart]);
    const last = after.machine.state === 'stopping' ? decide(after.machine, gone, around('never')) : after;
    expect(last).toMatchObject({ machine: { state: 'starting', restarts: 0, failures: 0 } });
    expect(last.effects).toContain('launch');
  }
});

describe('a server that ends by itself', () => {
  it.each([
    ['never', crash, 'failed'],
    ['never', exit0, 'stopped'],
    ['on_failure', crash, 'backoff'],
    ['on_failure', exit0, 'stopped'],
    ['always', crash, 'backoff'],
    ['always', exit0, 'backoff'],
  ] as const)('under %s', (policy, event, state) => {
    const { machine, effects } = play([start, ready, event], policy);
    expect(machine.state).toBe(state);
    // What it left behind is ended in any case.
    expect(effects).toContain('clean');
    expect(effects.includes('schedule_retry')).toBe(state === 'backoff');
  });

  it('counts its restarts, and waits longer each time', () => {
    let machine = play([start, ready]).machine;
    const delays: (number | undefined)[] = [];
    for (let round = 0; round < 7; round += 1) {
      const fallen = decide(machine, crash, around('always'));
      delays.push(fallen.delayMs);
      const risen = decide(fallen.machine, retry, around('always'));
      expect(risen).toMatchObject({
        machine: { state: 'starting', restarts: round + 1 },
        effects: ['launch'],
      });
      machine = decide(risen.machine, ready, around('always')).machine;
    }
    expect(delays).toEqual([1_000, 2_000, 4_000, 8_000, 30_000, 30_000, 30_000]);
  });

  it('is forgiven after a healthy minute, not before', () => {
    const twice = play([start, ready, crash, retry, ready]).machine;
    expect(decide(twice, crash, around('always', 59_999)).delayMs).toBe(2_000);
    expect(decide(twice, crash, around('always', 60_000)).delayMs).toBe(1_000);
  });
});

describe('a start that fails', () => {
  it('is tried again twice when it exits early, then given up', () => {
    expect(play([start, early])).toMatchObject({ machine: { state: 'backoff' }, delayMs: 1_000 });
    expect(play([start, early, retry, early])).toMatchObject({
      machine: { state: 'backoff' },
      delayMs: 2_000,
    });
    expect(play([start, early, retry, early, retry, early])).toMatchObject({
      machine: { state: 'failed' },
      effects: ['clean'],
    });
  });

  it('counts early exits in a row only', () => {
    const machine = play([start, early, retry, early, retry, ready, crash, retry, early]).machine;
    expect(machine).toMatchObject({ state: 'backoff', earlyExits: 1 });
  });

  it('is not tried again when that cannot help, or the person does not want it', () => {
    expect(play([start, hopeless], 'always').machine.state).toBe('failed');
    expect(play([start, early], 'never').machine.state).toBe('failed');
  });
});

it('whatever happens, at most one launch is out, and nothing is launched before the last one was ended', () => {
  const event = fc.constantFrom<MachineEvent>(
    start,
    stop,
    restart,
    ready,
    gone,
    retry,
    crash,
    exit0,
    early,
    hopeless,
  );
  const policy = fc.constantFrom<Policy>('never', 'on_failure', 'always');
  fc.assert(
    fc.property(fc.array(event, { maxLength: 60 }), policy, (events, chosen) => {
      let machine = AT_REST;
      let out = 0;
      let timers = 0;
      for (const next of events) {
        const { machine: after, effects } = decide(machine, next, around(chosen));
        for (const effect of effects) {
          if (effect === 'clean') out -= 1;
          if (effect === 'launch') out += 1;
          if (effect === 'schedule_retry') timers += 1;
          if (effect === 'cancel_retry') timers -= 1;
        }
        if (machine.state === 'stopping' && next.type === 'gone') out -= 1;
        if (machine.state === 'backoff' && next.type === 'retry_due') timers -= 1;
        machine = after;
        expect(out).toBe(['starting', 'running', 'stopping'].includes(machine.state) ? 1 : 0);
        expect(timers).toBe(machine.state === 'backoff' ? 1 : 0);
      }
    }),
  );
});

it('back-off has jitter of a fifth either way', () => {
  expect([backOffMs(1, 0), backOffMs(1, 1)]).toEqual([800, 1_200]);
  expect([backOffMs(9, 0), backOffMs(9, 1)]).toEqual([24_000, 36_000]);
  expect(wantsRestart('on_failure', true)).toBe(false);
});
