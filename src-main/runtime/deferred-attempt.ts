import type { Attempt, Ending } from './attempt.js';
import type { Session } from './session/session.js';
import { asStartFailure } from './start-failures.js';

/** An attempt whose code has to be loaded first. It is a session alone: there is no process to tell of meanwhile. */
export class DeferredAttempt implements Attempt {
  readonly pid = undefined;
  readonly tree = undefined;
  readonly ready: Attempt['ready'];
  readonly ended: Promise<Ending>;

  constructor(private readonly attempt: Promise<Attempt>) {
    this.ready = attempt
      .then(({ ready }) => ready)
      .catch((error: unknown) => {
        throw asStartFailure(error);
      });
    this.ended = attempt.then(({ ended }) => ended);
    this.ended.catch(() => {});
  }

  async end(options: Parameters<Attempt['end']>[0]): Promise<Ending | undefined> {
    return (await this.attempt).end(options);
  }

  async renew(): Promise<Session> {
    const { renew } = await this.attempt;
    if (!renew) throw new Error('this session cannot be renewed');
    return renew();
  }
}
