import { lstatSync } from 'node:fs';

/**
 * The environment in which the keychain can be found. AI clients start their servers with little of their own, and on
 * Linux without the address of the session bus; systemd keeps that at a fixed place (`pam_systemd`: XDG_RUNTIME_DIR is
 * /run/user/UID; `dbus.socket` of the user: %t/bus).
 */
export function withSessionBus(
  env: NodeJS.ProcessEnv,
  { platform = process.platform, uid = process.getuid?.(), base = '/run/user' } = {},
): NodeJS.ProcessEnv {
  if (platform !== 'linux' || env['DBUS_SESSION_BUS_ADDRESS'] || uid === undefined) return env;
  const runtime = env['XDG_RUNTIME_DIR'] || `${base}/${uid}`;
  const facts = lstatSync(`${runtime}/bus`, { throwIfNoEntry: false });
  if (!facts?.isSocket() || facts.uid !== uid) return env;
  return { ...env, XDG_RUNTIME_DIR: runtime, DBUS_SESSION_BUS_ADDRESS: `unix:path=${runtime}/bus` };
}
