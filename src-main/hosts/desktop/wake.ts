import { powerMonitor } from 'electron';
import type { App } from '../../app.js';

/** A computer that slept has lost its connections without anybody hearing of it, and its clocks have jumped. */
export function setupWake(jackfield: Pick<App, 'woke'>): void {
  powerMonitor.on('resume', () => jackfield.woke());
}
