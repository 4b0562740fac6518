import type { Run, Settings, Value } from '../../contract/index.js';
import type { BaseEnvironment } from '../launch/environment.js';

/** What the doctor needs to know to examine a server. */
export type DoctorPorts = {
  environment: BaseEnvironment;
  resolve(value: Value): Promise<string>;
  redact(text: string): string;
  settings(): Settings;
  run: Run;
  /** Lines on stdout that were no messages, since the last start. */
  junkLines: number;
};
