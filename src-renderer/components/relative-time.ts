import { shownLanguage } from '../locales/language.js';

const RELATIVE = new Intl.RelativeTimeFormat(shownLanguage(), { numeric: 'auto', style: 'narrow' });
const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** "3 min. ago", "in 2 hr."; less than a minute is "just now". */
export function relativeTime(at: number, now: number): string {
  const seconds = (at - now) / 1_000;
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return RELATIVE.format(Math.trunc(seconds / size), unit);
  }
  return 'just now';
}

/** "2 h 5 min", "41 s": how long something has lasted. */
export function duration(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1_000));
  const [days, hours, minutes] = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3_600) % 24,
    Math.floor(seconds / 60) % 60,
  ];
  if (days > 0) return `${days} d ${hours} h`;
  if (hours > 0) return `${hours} h ${minutes} min`;
  if (minutes > 0) return `${minutes} min`;
  return `${seconds} s`;
}

/** 740 → "740 ms", 2310 → "2.3 s". */
export function milliseconds(ms: number): string {
  return ms < 1_000 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(ms < 10_000 ? 1 : 0)} s`;
}

const SIZES = ['B', 'kB', 'MB', 'GB', 'TB'];

/** 48_300_000 → "48 MB". Decimal, as system monitors show it. */
export function bytes(count: number): string {
  let size = count;
  let step = 0;
  while (size >= 1_000 && step < SIZES.length - 1) {
    size /= 1_000;
    step += 1;
  }
  return `${size < 10 && step > 0 ? size.toFixed(1) : Math.round(size)} ${SIZES[step]}`;
}
