import type { Lifecycle, RunState } from '../contract/index.js';
import { backOffMs, EARLY_EXITS, HEALTHY_MS, wantsRestart } from './restart-policy.js';

/** Where one server stands, and what its next step depends on. */
export type Machine = {
  readonly state: RunState;
  /** In `stopping`: what follows once the whole tree is gone. */
  readonly then: 'rest' | 'launch';
  /** In a row; forgotten after a healthy minute and at every start by a person. */
  readonly failures: number;
  /** Exits before `initialize` was answered, in a row. */
  readonly earlyExits: number;
  /** Automatic ones since the person last started it. */
  readonly restarts: number;
  readonly readyAt?: number;
};

export type MachineEvent =
  | { type: 'start' | 'stop' | 'restart' }
  | { type: 'ready' }
  /** The start failed. `permanent`: another try would fail the same way. `early`: it exited before `initialize`. */
  | { type: 'start_failed'; permanent: boolean; early: boolean; endedWell: boolean }
  /** It was running and ended by itself. `endedWell`: with exit code 0. */
  | { type: 'ended'; endedWell: boolean }
  /** The tree that was being stopped is gone. */
  | { type: 'gone' }
  | { type: 'retry_due' };

/** What the supervisor does about it. `clean` ends whatever the finished child left behind. */
export type Effect = 'launch' | 'end' | 'force' | 'clean' | 'schedule_retry' | 'cancel_retry';

export type Decision = { machine: Machine; effects: Effect[]; delayMs?: number };

export type Circumstances = { policy: Lifecycle['restart']; now: number; random: number };

export const AT_REST: Machine = { state: 'stopped', then: 'rest', failures: 0, earlyExits: 0, restarts: 0 };

/** The one place where transitions are decided. Pure: an event that has no meaning in a state changes nothing. */
export function decide(machine: Machine, event: MachineEvent, around: Circumstances): Decision {
  switch (machine.state) {
    case 'stopped':
    case 'failed':
      return atRest(machine, event);
    case 'backoff':
      return waiting(machine, event);
    case 'starting':
      return starting(machine, event, around);
    case 'running':
      return running(machine, event, around);
    case 'stopping':
      return stopping(machine, event);
  }
}

const stay = (machine: Machine): Decision => ({ machine, effects: [] });
const freshStart = (effects: Effect[]): Decision => ({
  machine: { ...AT_REST, state: 'starting' },
  effects: [...effects, 'launch'],
});
const rest = (effects: Effect[]): Decision => ({ machine: AT_REST, effects });

function atRest(machine: Machine, event: MachineEvent): Decision {
  if (event.type === 'start' || event.type === 'restart') return freshStart([]);
  // Stopping a failed server puts the failure aside.
  return event.type === 'stop' && machine.state === 'failed' ? rest([]) : stay(machine);
}

function waiting(machine: Machine, event: MachineEvent): Decision {
  if (event.type === 'start' || event.type === 'restart') return freshStart(['cancel_retry']);
  if (event.type === 'stop') return rest(['cancel_retry']);
  if (event.type !== 'retry_due') return stay(machine);
  return {
    machine: { ...machine, state: 'starting', restarts: machine.restarts + 1 },
    effects: ['launch'],
  };
}

function starting(machine: Machine, event: MachineEvent, around: Circumstances): Decision {
  if (event.type === 'stop') return halt(machine, 'rest');
  if (event.type === 'restart') return halt(machine, 'launch');
  if (event.type === 'ready')
    return { machine: { ...machine, state: 'running', earlyExits: 0, readyAt: around.now }, effects: [] };
  if (event.type !== 'start_failed') return stay(machine);

  const earlyExits = event.early ? machine.earlyExits + 1 : 0;
  const hopeless = event.permanent || earlyExits >= EARLY_EXITS;
  const next = { ...machine, earlyExits, failures: machine.failures + 1 };
  if (hopeless || !wantsRestart(around.policy, event.endedWell))
    return { machine: { ...next, state: 'failed' }, effects: ['clean'] };
  return backOff(next, around);
}

function running(machine: Machine, event: MachineEvent, around: Circumstances): Decision {
  if (event.type === 'stop') return halt(machine, 'rest');
  if (event.type === 'restart') return halt(machine, 'launch');
  if (event.type !== 'ended') return stay(machine);

  const healthy = around.now - (machine.readyAt ?? around.now) >= HEALTHY_MS;
  const next = { ...machine, failures: (healthy ? 0 : machine.failures) + 1 };
  if (wantsRestart(around.policy, event.endedWell)) return backOff(next, around);
  return event.endedWell ? rest(['clean']) : { machine: { ...next, state: 'failed' }, effects: ['clean'] };
}

function stopping(machine: Machine, event: MachineEvent): Decision {
  if (event.type === 'stop') return { machine: { ...machine, then: 'rest' }, effects: ['force'] };
  if (event.type === 'start' || event.type === 'restart')
    return { machine: { ...machine, then: 'launch' }, effects: [] };
  if (event.type !== 'gone') return stay(machine);
  return machine.then === 'launch' ? freshStart([]) : rest([]);
}

const halt = (machine: Machine, then: Machine['then']): Decision => ({
  machine: { ...machine, state: 'stopping', then },
  effects: ['end'],
});

const backOff = (machine: Machine, around: Circumstances): Decision => ({
  machine: { ...machine, state: 'backoff' },
  effects: ['clean', 'schedule_retry'],
  delayMs: backOffMs(machine.failures, around.random),
});
