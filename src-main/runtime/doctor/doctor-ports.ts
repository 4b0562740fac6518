import type { AppError, Run, Server, Settings, Value } from '../../contract/index.js';
import type { BaseEnvironment } from '../launch/environment.js';

/** What the doctor needs to know to examine a server. */
export type DoctorPorts = {
  environment: BaseEnvironment;
  resolve(value: Value): Promise<string>;
  redact(text: string): string;
  settings(): Settings;
  server: Server;
  /** All but the one examined, to find what two of them claim. */
  others: readonly Server[];
  run: Run;
  /** Why nothing that this server names may be run, not even to ask for its version. */
  refusal: AppError | undefined;
  /** Lines on stdout that were no messages, since the last start. */
  junkLines: number;
};
