import type { ClientCellState } from '../../../src-main/contract/index.js';

/**
 * What a jack of a client's column says in one sentence. `client` is the client's title; `namesake`: another entry there
 * has its name.
 */
export const cellSentence = (
  state: ClientCellState | undefined,
  client: string,
  namesake: boolean,
): string => {
  switch (state) {
    case undefined:
      return namesake
        ? `The file of ${client} has another entry of this name.`
        : `It is not in the file of ${client}.`;
    case 'in_sync':
      return `The file of ${client} has it as it is here.`;
    case 'local_ahead':
      return 'It was changed here since it was written.';
    case 'client_ahead':
      return `Its entry was changed by ${client} or by hand since it was written.`;
    case 'conflict':
      return 'It was changed here and there since it was written.';
    case 'missing':
      return 'It was written, and is no longer in the file.';
    case 'found':
      return `${client} has it by itself. Jackfield has never written this entry.`;
    case 'unknown':
      return 'The file cannot be read now.';
  }
};
