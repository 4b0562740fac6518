import type { ClientCellState, Link } from '../../src-main/contract/index.js';

/** What one cell of the patch bay shows. `busy` while something is under way there. */
export type JackState = 'empty' | 'busy' | 'found' | Link['state'];

export const JACK_WORDS: Record<JackState, string> = {
  empty: 'Not patched',
  busy: 'Working',
  in_sync: 'In sync',
  local_ahead: 'Changed here',
  remote_ahead: 'Changed there',
  conflict: 'Changed on both sides',
  missing: 'Gone there',
  queued: 'Queued',
  failed: 'Failed',
  found: 'Found there',
  unknown: 'Not checked',
};

/** A jack of an AI client's column. */
export const jackOfClient = (state: ClientCellState): JackState =>
  state === 'client_ahead' ? 'remote_ahead' : state;
