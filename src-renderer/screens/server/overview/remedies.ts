import type { ErrorCode, TransportType } from '../../../../src-main/contract/index.js';

/** What a person can do about a run that failed, each behind a button of its own. */
export type Remedy = 'restart' | 'refresh' | 'doctor' | 'configure' | 'logs' | 'settings' | 'allow';

const OF_CODE: Partial<Record<ErrorCode, Remedy[]>> = {
  start_failed: ['restart', 'doctor', 'configure', 'refresh', 'logs'],
  timeout: ['restart', 'logs', 'doctor'],
  keychain_unavailable: ['restart', 'configure', 'settings'],
  remote_unreachable: ['restart', 'doctor', 'configure'],
  remote_unauthorized: ['configure', 'restart', 'doctor'],
  remote_rejected: ['configure', 'logs', 'doctor'],
  invalid: ['configure', 'doctor'],
  consent_required: ['allow', 'configure'],
};

/** The most likely first. The login shell's environment matters to local commands alone. */
export function remediesFor(code: string, transport: TransportType): Remedy[] {
  const all = OF_CODE[code as ErrorCode] ?? ['restart', 'doctor', 'logs'];
  return all.filter((remedy) => remedy !== 'refresh' || transport === 'stdio');
}
