import type { Run, RunState } from '../contract/index.js';
import type { Parts } from './parts.js';

const SAID: Partial<Record<RunState, string>> = {
  running: 'started',
  stopped: 'stopped',
  backoff: 'crashed and will be started again',
  failed: 'failed',
};

/** Starts, stops and crashes become lines of the Activity screen: one per change of state, not per sample. */
export function tellOfRuns({ runtime, activity }: Parts, nameOf: (serverId: string) => string): void {
  const last = new Map<string, RunState>();
  const describe = (run: Run): void => {
    const before = last.get(run.serverId);
    last.set(run.serverId, run.state);
    const said = SAID[run.state];
    if (before === run.state || !said || (before === undefined && run.state === 'stopped')) return;
    activity.add({
      kind: 'run',
      severity: run.state === 'failed' ? 'error' : run.state === 'backoff' ? 'warning' : 'info',
      title: `${safeName(run.serverId, nameOf)} ${said}`,
      ...(run.error && { detail: `${run.error.message} ${run.error.hint}` }),
      serverId: run.serverId,
    });
  };
  runtime.on('run.changed', ({ run }) => describe(run));
}

/** The last event of a removed server arrives after its record is gone. */
function safeName(serverId: string, nameOf: (serverId: string) => string): string {
  try {
    return nameOf(serverId);
  } catch {
    return 'A removed server';
  }
}
