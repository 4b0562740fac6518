import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { inSlices, readProcFile } from './proc-file.js';

/** One row of the system's process table. Zombies are left out: they run no more. */
export type ProcessRow = {
  pid: number;
  parent: number;
  /** POSIX process group and session; 0 where there is no such thing. */
  group: number;
  session: number;
  /** Opaque; together with the pid it names one process. */
  started: string;
  /** CPU time used so far, user and system. */
  cpuMs: number;
  rssBytes: number;
};

const QUERY_LIMIT_MS = 8_000;
/** Linux fixes USER_HZ, the unit of /proc times, at 100 on every architecture Node runs on. */
const MS_PER_TICK = 10;

let running: Promise<ProcessRow[]> | undefined;

/**
 * Every process of this computer. Callers that ask while a reading is under way share the next whole one, so that
 * ending twenty servers at once does not read the table twenty times.
 */
export function processTable(): Promise<ProcessRow[]> {
  running ??= Promise.resolve()
    .then(read)
    .finally(() => (running = undefined));
  return running;
}

function read(): Promise<ProcessRow[]> {
  if (process.platform === 'linux') return readProc();
  return process.platform === 'win32' ? readWindows() : readPs();
}

let pageSize: Promise<number> | undefined;

async function readProc(): Promise<ProcessRow[]> {
  pageSize ??= askPageSize();
  const size = await pageSize;
  const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const rows: ProcessRow[] = [];
  await inSlices(pids, (pid) => {
    const row = parseProcStat(readProcFile(`/proc/${pid}/stat`) ?? '', size);
    if (row) rows.push(row);
  });
  return rows;
}

/** One `/proc/<pid>/stat` line, see proc_pid_stat(5). */
export function parseProcStat(stat: string, page: number): ProcessRow | undefined {
  const open = stat.indexOf('(');
  // The name may itself hold parentheses and spaces, so fields are counted from the last one.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (open < 0 || fields.length < 22 || fields[0] === 'Z' || fields[0] === 'X') return undefined;
  const number = (index: number): number => Number(fields[index]);
  return {
    pid: Number(stat.slice(0, open)),
    parent: number(1),
    group: number(2),
    session: number(3),
    started: fields[19] ?? '',
    cpuMs: (number(11) + number(12)) * MS_PER_TICK,
    rssBytes: number(21) * page,
  };
}

async function askPageSize(): Promise<number> {
  const size = Number(await output('getconf', ['PAGESIZE']).catch(() => ''));
  return size > 0 ? size : 4_096;
}

async function readPs(): Promise<ProcessRow[]> {
  const text = await output('ps', ['-axo', 'pid=,ppid=,pgid=,sess=,rss=,time=,stat=,lstart=']);
  return text
    .split('\n')
    .map(parsePsLine)
    .filter((row) => row !== undefined);
}

/** One line of `ps -axo pid=,ppid=,pgid=,sess=,rss=,time=,stat=,lstart=`. */
export function parsePsLine(line: string): ProcessRow | undefined {
  const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(\d+)\s+([\d:.-]+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
  if (!match || match[7]?.startsWith('Z')) return undefined;
  return {
    pid: Number(match[1]),
    parent: Number(match[2]),
    group: Number(match[3]),
    // macOS prints a kernel address or 0 here, which is of no use.
    session: 0,
    started: match[8] ?? '',
    cpuMs: parseCpuTime(match[6] ?? ''),
    rssBytes: Number(match[5]) * 1_024,
  };
}

/** `[days-][hours:]minutes:seconds[.fraction]` in milliseconds. */
function parseCpuTime(text: string): number {
  const [days, clock] = text.includes('-') ? text.split('-') : ['0', text];
  const seconds = (clock ?? '').split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1_000);
}

const WINDOWS_QUERY =
  'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId),$($_.ParentProcessId),' +
  '$($_.WorkingSetSize),$($_.KernelModeTime),$($_.UserModeTime),$($_.CreationDate.ToFileTimeUtc())" }';

async function readWindows(): Promise<ProcessRow[]> {
  const text = await output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', WINDOWS_QUERY]);
  return text
    .split(/\r?\n/)
    .map(parseWindowsLine)
    .filter((row) => row !== undefined);
}

/** One line of the query above. Windows counts CPU time in units of 100 ns. */
export function parseWindowsLine(line: string): ProcessRow | undefined {
  const fields = line.trim().split(',');
  if (fields.length !== 6) return undefined;
  const [pid, parent, rss, kernel, user] = fields.map(Number);
  if (!pid) return undefined;
  return {
    pid,
    parent: parent ?? 0,
    group: 0,
    session: 0,
    started: fields[5] ?? '',
    cpuMs: Math.round(((kernel ?? 0) + (user ?? 0)) / 10_000),
    rssBytes: rss ?? 0,
  };
}

function output(file: string, args: string[]): Promise<string> {
  const env = { ...process.env, LC_ALL: 'C', TZ: 'UTC' };
  const options = { timeout: QUERY_LIMIT_MS, maxBuffer: 16 * 1_024 * 1_024, windowsHide: true, env };
  return new Promise((resolve, reject) => {
    execFile(file, args, options, (error, stdout) => (error ? reject(error) : resolve(stdout)));
  });
}

/**
 * The process `root` and all that belong to it by parent, group or session. The root itself may be gone: its group
 * and session keep its number, which the system does not give out again as long as either has a member.
 */
export function treeOf(root: number, table: readonly ProcessRow[]): ProcessRow[] {
  const near = table.filter((row) => [row.pid, row.parent, row.group, row.session].includes(root));
  return closure(near, table);
}

/** The process and its children's children. Not its group: that may be shared with strangers. */
export function descendantsOf(row: ProcessRow, table: readonly ProcessRow[]): ProcessRow[] {
  return closure([row], table);
}

function closure(rows: readonly ProcessRow[], table: readonly ProcessRow[]): ProcessRow[] {
  const children = new Map<number, ProcessRow[]>();
  for (const row of table) {
    const siblings = children.get(row.parent);
    if (siblings) siblings.push(row);
    else children.set(row.parent, [row]);
  }
  const found = new Map<number, ProcessRow>();
  const visit = (row: ProcessRow): void => {
    if (found.has(row.pid)) return;
    found.set(row.pid, row);
    children.get(row.pid)?.forEach(visit);
  };
  rows.forEach(visit);
  return [...found.values()];
}
