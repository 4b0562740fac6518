import { BaseEnvironment } from '../runtime/launch/environment.js';

export type { BaseEnvironment };

/**
 * Asks the login shell now. It takes its time, on a core of its own, and nothing starts before it has answered: a host
 * that asks before it loads the app has the answer when that is loaded.
 */
export function askEnvironmentEarly(): BaseEnvironment {
  const environment = new BaseEnvironment();
  void environment.ask();
  return environment;
}
