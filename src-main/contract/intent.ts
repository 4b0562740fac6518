/** Commands of the page that a native menu or the tray can ask for, by the ids they have in the command palette. */
export const INTENT_COMMANDS = [
  'palette',
  'server.add',
  'remote.add',
  'shortcuts',
  'go.patch-bay',
  'go.remotes',
  'go.import',
  'go.activity',
  'go.settings',
] as const;
export type IntentCommand = (typeof INTENT_COMMANDS)[number];

/**
 * What the person asked for outside the page: in a native menu, by a link, with a file. The set is closed, and nothing
 * in it starts, writes or deletes: it leads to the screen where the person sees everything and decides.
 */
export type Intent =
  | { kind: 'command'; command: IntentCommand }
  | { kind: 'server'; serverId: string }
  /** A bundle that the host has received: its dialog shows everything before anything is unpacked. */
  | { kind: 'bundle'; id: string }
  /** Text for the import screen, which shows the whole plan before anything is done. */
  | { kind: 'import'; text: string; fileName?: string };
