import { randomUUID } from 'node:crypto';
import type { Notice } from '../contract/index.js';

// What opening the catalog tells the person. Each says what happened, where the file is, and what can be done.

function notice(severity: Notice['severity'], title: string, detail: string, backup?: GoodBackup): Notice {
  const offer = backup && { offer: { kind: 'backup' as const, name: backup.name } };
  return { id: randomUUID(), at: new Date().toISOString(), severity, title, detail, ...offer };
}

export type GoodBackup = { name: string; path: string; at: string; servers: number; remotes: number };

function offer(backup: GoodBackup | undefined): string {
  if (!backup) return 'There is no earlier copy of it in backups.';
  const count = (n: number, word: string): string => `${n} ${word}${n === 1 ? '' : 's'}`;
  return (
    `The newest good copy is of ${backup.at}, with ${count(backup.servers, 'server')} and ` +
    `${count(backup.remotes, 'remote')}: ${backup.path}. Settings → Data shows what differs and brings it back.`
  );
}

export function unreadable(path: string, where: string, reason: string, backup?: GoodBackup): Notice {
  return notice(
    'error',
    'The catalog could not be read',
    `${path} could not be read: ${reason}. Jackfield started with an empty catalog. ` +
      `Nothing was lost: the file was set aside as ${where}, and secrets stay in the keychain. ${offer(backup)}`,
    backup,
  );
}

export function newer(path: string, where: string, reason: string, backup?: GoodBackup): Notice {
  return notice(
    'error',
    'The catalog belongs to a later Jackfield',
    `${path} was not opened: ${reason}. Jackfield started with an empty catalog; the file was set aside as ${where}. ` +
      'To work with it, quit and start the later Jackfield: as long as nothing is edited here, the file stays as it is. ' +
      offer(backup),
    backup,
  );
}

const SHOWN = 5;

export function partly(path: string, where: string, faults: readonly string[], backup?: GoodBackup): Notice {
  const more = faults.length > SHOWN ? `, and ${faults.length - SHOWN} more` : '';
  return notice(
    'warning',
    'Parts of the catalog could not be read',
    `These parts of ${path} were left out: ${faults.slice(0, SHOWN).join('; ')}${more}. ` +
      `The whole file was set aside as ${where}. ${offer(backup)}`,
    backup,
  );
}

export function missing(path: string, backup: GoodBackup): Notice {
  return notice(
    'warning',
    'The catalog was gone',
    `${path} was not there, so Jackfield started with an empty catalog. ${offer(backup)}`,
    backup,
  );
}

export function migrated(path: string, version: number): Notice {
  return notice(
    'info',
    'The catalog was brought up to date',
    `${path} had schema ${version}. The file as it was is in backups.`,
  );
}

export function unsaved(message: string, hint: string): Notice {
  return notice('error', 'The catalog cannot be written', `${message} ${hint}`);
}

export function historySetAside(path: string, where: string): Notice {
  return notice(
    'warning',
    'The history could not be read in full',
    `Parts of ${path} could not be read. The file was set aside as ${where}; a new one was begun.`,
  );
}
