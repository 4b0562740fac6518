import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';

// A pid alone names nobody: the system gives it out again. A pid together with its start time names one process.

const LOOKUP_LIMIT_MS = 5_000;

/**
 * When the process began, as an opaque string that stays the same for its whole life and differs for any later
 * process under the same pid, also after a reboot. `undefined`: no such process runs (a zombie does not run).
 */
export async function processStartTime(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') return linuxStartTime(pid);
  if (process.platform === 'win32')
    return powershell(`(Get-Process -Id ${pid} -ErrorAction Stop).StartTime.ToFileTimeUtc()`);
  // A zombie shows state Z.
  const line = await output('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
  const [, state, started] = /^(\S+)\s+(.+)$/.exec(line ?? '') ?? [];
  return !started || state?.startsWith('Z') ? undefined : started.trim();
}

/** The command line, arguments parted by one space. `undefined`: no such process, or it is not ours to look at. */
export async function processCommandLine(pid: number): Promise<string | undefined> {
  if (!Number.isSafeInteger(pid) || pid <= 0) return undefined;
  if (process.platform === 'linux') {
    const raw = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    return raw.replace(/\0+$/, '').replaceAll('\0', ' ') || undefined;
  }
  if (process.platform === 'win32')
    return powershell(`(Get-CimInstance Win32_Process -Filter 'ProcessId=${pid}').CommandLine`);
  return output('ps', ['-ww', '-o', 'command=', '-p', String(pid)]);
}

let bootId: Promise<string> | undefined;

async function linuxStartTime(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (!stat) return undefined;
  // proc(5): the command's name stands in parentheses and may hold any character, so count from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, ticks] = [fields[0], fields[19]];
  if (state === 'Z' || state === 'X' || ticks === undefined) return undefined;
  // Ticks count from boot, so two boots could give the same pid the same number.
  bootId ??= readFile('/proc/sys/kernel/random/boot_id', 'utf8').then(
    (id) => id.trim(),
    () => '',
  );
  return `${await bootId}:${ticks}`;
}

function powershell(script: string): Promise<string | undefined> {
  return output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script]);
}

function output(file: string, args: string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
    execFile(file, args, { timeout: LOOKUP_LIMIT_MS, windowsHide: true, env }, (error, stdout) =>
      resolve(error ? undefined : stdout.trim() || undefined),
    );
  });
}
