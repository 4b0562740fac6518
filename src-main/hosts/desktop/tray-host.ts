import { execFile } from 'node:child_process';

const WATCHER = 'org.kde.StatusNotifierWatcher';
const OBJECT = '/StatusNotifierWatcher';
const PROPERTY = 'IsStatusNotifierHostRegistered';
const GET = 'org.freedesktop.DBus.Properties.Get';
const LIMIT_MS = 3_000;

/** Whichever of these a desktop has: each asks the session bus the same. */
const QUESTIONS: readonly (readonly [string, ...string[]])[] = [
  [
    'gdbus',
    'call',
    '--session',
    '--dest',
    WATCHER,
    '--object-path',
    OBJECT,
    '--method',
    GET,
    WATCHER,
    PROPERTY,
  ],
  ['busctl', '--user', 'get-property', WATCHER, OBJECT, WATCHER, PROPERTY],
  [
    'dbus-send',
    '--session',
    '--print-reply',
    `--dest=${WATCHER}`,
    OBJECT,
    GET,
    `string:${WATCHER}`,
    `string:${PROPERTY}`,
  ],
];

/**
 * Whether something on this Linux desktop shows tray icons. GNOME without an extension has nothing that does, and a
 * program is not told: its icon is simply nowhere.
 */
export async function hasTrayHost(env: NodeJS.ProcessEnv = process.env): Promise<boolean> {
  for (const [command, ...args] of QUESTIONS) {
    const answer = await ask(command, args, env);
    if (answer !== undefined) return /\btrue\b/.test(answer);
  }
  return false;
}

/** What the bus said, or nothing where this computer lacks the command. */
function ask(command: string, args: readonly string[], env: NodeJS.ProcessEnv): Promise<string | undefined> {
  return new Promise((resolve) =>
    execFile(command, args, { env, timeout: LIMIT_MS }, (error, stdout) =>
      resolve(error?.code === 'ENOENT' ? undefined : stdout),
    ),
  );
}
