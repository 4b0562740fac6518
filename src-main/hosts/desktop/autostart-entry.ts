import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';

type Surroundings = { env: NodeJS.ProcessEnv; home: string; execPath: string };

const here = (): Surroundings => ({ env: process.env, home: homedir(), execPath: process.execPath });

/** The XDG autostart specification's place for entries of one person. */
export function autostartFile({ env, home }: Pick<Surroundings, 'env' | 'home'>): string {
  const config = env['XDG_CONFIG_HOME'];
  return join(
    config && isAbsolute(config) ? config : join(home, '.config'),
    'autostart',
    'jackfield.desktop',
  );
}

/**
 * An argument in a desktop entry's Exec key: quoted, with the reserved characters escaped twice, since the value is
 * first a string and then a command line; a percent sign begins a field code.
 */
export function execArgument(text: string): string {
  const quoted = text.replaceAll(/["`$\\]/g, String.raw`\$&`).replaceAll('%', '%%');
  return `"${quoted.replaceAll('\\', '\\\\')}"`;
}

/** An AppImage is mounted somewhere else at every start; its own file is in APPIMAGE. */
export function autostartEntry({ env, execPath }: Pick<Surroundings, 'env' | 'execPath'>): string {
  const program = env['APPIMAGE'] || execPath;
  return [
    '[Desktop Entry]',
    'Type=Application',
    'Name=Jackfield',
    'Comment=A patch bay for MCP servers',
    // Once the app has been removed, the entry is passed over.
    `TryExec=${program.replaceAll('\\', '\\\\')}`,
    `Exec=${execArgument(program)} --hidden`,
    'Icon=jackfield',
    'X-GNOME-Autostart-enabled=true',
    '',
  ].join('\n');
}

/** Whether an entry is there that nobody has switched off: desktops do that by a key in it. */
export async function hasAutostartEntry(surroundings: Surroundings = here()): Promise<boolean> {
  const text = await readFile(autostartFile(surroundings), 'utf8').catch(() => undefined);
  return text !== undefined && !/^(Hidden\s*=\s*true|X-GNOME-Autostart-enabled\s*=\s*false)\s*$/m.test(text);
}

export async function writeAutostartEntry(surroundings: Surroundings = here()): Promise<void> {
  const file = autostartFile(surroundings);
  await mkdir(join(file, '..'), { recursive: true });
  await writeFile(file, autostartEntry(surroundings));
}

export async function removeAutostartEntry(surroundings: Surroundings = here()): Promise<void> {
  await rm(autostartFile(surroundings), { force: true });
}
