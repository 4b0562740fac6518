import type { LogEntry, LogStream } from '../../../../src-main/contract/index.js';
import { plainLine } from './ansi.js';

export const STREAMS: readonly { value: LogStream; label: string; hint: string }[] = [
  { value: 'stderr', label: 'stderr', hint: 'What the server says about itself' },
  { value: 'stdout', label: 'stdout', hint: 'Lines on stdout that were no messages of the protocol' },
  {
    value: 'protocol',
    label: 'Protocol',
    hint: 'Messages in both directions, when its logging is switched on',
  },
  { value: 'supervisor', label: 'Jackfield', hint: 'Starts, ends and restarts' },
];

/**
 * What of a log is on the screen. While something is searched for, the host's answer stands for the past and the lines
 * that came since are looked through here; without, it is the log itself.
 */
export function shownLines(
  entries: readonly LogEntry[],
  found: { query: string; entries: readonly LogEntry[] } | undefined,
  hidden: ReadonlySet<LogStream>,
): readonly LogEntry[] {
  const lines = found ? [...found.entries, ...newerMatches(entries, found)] : entries;
  return hidden.size === 0 ? lines : lines.filter((entry) => !hidden.has(entry.stream));
}

function newerMatches(
  entries: readonly LogEntry[],
  found: { query: string; entries: readonly LogEntry[] },
): LogEntry[] {
  const last = found.entries.at(-1)?.seq ?? -1;
  const wanted = found.query.toLowerCase();
  return entries.filter((entry) => entry.seq > last && plainLine(entry.text).toLowerCase().includes(wanted));
}

/** How many lines came after one; looks at those alone. */
export function countSince(lines: readonly LogEntry[], seq: number): number {
  let from = lines.length;
  while (from > 0 && (lines[from - 1]?.seq ?? seq) > seq) from -= 1;
  return lines.length - from;
}

/** Whether `after` is `before` with lines put in front of it. */
export function grewAtStart(before: readonly LogEntry[], after: readonly LogEntry[]): boolean {
  const added = after.length - before.length;
  return added > 0 && before.length > 0 && after[added] === before[0] && after.at(-1) === before.at(-1);
}

/** One line as it is copied: exact time, stream, text without its colours. */
export const copiedLine = (entry: LogEntry): string => `${entry.at} ${entry.stream} ${plainLine(entry.text)}`;

const CLOCK = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});

/** `14:03:09.120`, in the person's own time zone. */
export function clockTime(at: string): string {
  const time = new Date(at);
  return Number.isNaN(time.getTime())
    ? at
    : `${CLOCK.format(time)}.${String(time.getMilliseconds()).padStart(3, '0')}`;
}

/** Splits a text at each place that holds `query`, so that those can be marked. */
export function marked(text: string, query: string): { text: string; hit: boolean }[] {
  if (query === '') return [{ text, hit: false }];
  const parts: { text: string; hit: boolean }[] = [];
  const haystack = text.toLowerCase();
  const needle = query.toLowerCase();
  // Lower case may change a text's length (İ); then places found there would be wrong here.
  if (haystack.length !== text.length) return [{ text, hit: false }];
  let from = 0;
  for (let at = haystack.indexOf(needle); at >= 0; at = haystack.indexOf(needle, from)) {
    if (at > from) parts.push({ text: text.slice(from, at), hit: false });
    parts.push({ text: text.slice(at, at + needle.length), hit: true });
    from = at + needle.length;
  }
  if (from < text.length) parts.push({ text: text.slice(from), hit: false });
  return parts;
}
