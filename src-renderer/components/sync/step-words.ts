import type { Consent, Outcome, Step } from '../../../src-main/contract/index.js';

/** Nobody could be asked, for the reason that is known already: it need not be said twice. */
export const isToldAlready = (step: Step, told: string | undefined): boolean =>
  step.action === 'blocked' && told !== undefined && step.warnings[0]?.startsWith(told) === true;

type Tone = 'neutral' | 'accent' | 'running' | 'attention' | 'failed';
type Words = { label: string; tone: Tone };

export const ACTION_WORDS: Record<Step['action'], Words> = {
  none: { label: 'Nothing to do', tone: 'neutral' },
  create: { label: 'Create', tone: 'accent' },
  update: { label: 'Update', tone: 'accent' },
  replace: { label: 'Replace', tone: 'attention' },
  delete: { label: 'Delete', tone: 'failed' },
  conflict: { label: 'Conflict', tone: 'attention' },
  blocked: { label: 'Blocked', tone: 'failed' },
};

export const OUTCOME_WORDS: Record<Outcome['status'], Words> = {
  synced: { label: 'In sync', tone: 'running' },
  unchanged: { label: 'Nothing to do', tone: 'neutral' },
  queued: { label: 'Queued', tone: 'attention' },
  failed: { label: 'Failed', tone: 'failed' },
  conflict: { label: 'Conflict', tone: 'attention' },
  blocked: { label: 'Blocked', tone: 'failed' },
};

export const CONSENT_WORDS: Record<Consent, { label: string; hint: string }> = {
  replace: {
    label: 'Replace the entry',
    hint: 'This remote cannot change it in place: it is deleted and made again, under a new id.',
  },
  rename: {
    label: 'Rename the entry',
    hint: 'Agents that name it, or its tools, must be told the new name.',
  },
  delete: { label: 'Delete the entry', hint: 'It is gone from the remote for everybody who uses it.' },
};
