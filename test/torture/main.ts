import { parseArgs } from 'node:util';
import { isGood, torture, type Result } from './torture.js';

// `npm run torture -- --rounds 500 --seed 7`

const KINDS = {
  undo: 'of them undos',
  move: 'of them moved to the keychain',
  restore: 'of them from a backup',
  race: 'of them against a second window',
  import: 'of them imports with a secret',
  bundle: 'of them bundles with a secret',
  cord: 'of them links and references',
  settings: 'of them settings',
};

const { values } = parseArgs({
  options: {
    rounds: { type: 'string', default: '100' },
    seed: { type: 'string' },
    json: { type: 'boolean' },
  },
});
const rounds = Number(values.rounds);
const seed = values.seed === undefined ? Date.now() % 1_000_000_000 : Number(values.seed);
if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed)) {
  process.stderr.write('--rounds and --seed take whole numbers\n');
  process.exit(2);
}

const say = (text: string): boolean => process.stderr.write(`${text}\n`);
say(`${rounds} rounds, seed ${seed}`);
const started = Date.now();
const result = await torture({
  rounds,
  seed,
  onRound: (round, { acknowledged }) => {
    if (round % 25 === 0) say(`${round} rounds, ${acknowledged} edits acknowledged`);
  },
});
process.stdout.write(values.json ? `${JSON.stringify(result)}\n` : table(result));
process.exitCode = isGood(result) ? 0 : 1;

function counts(what: string, of: Record<string, number>): [string, number][] {
  return Object.entries(of).map(([which, count]) => [`${what}: ${which}`, count]);
}

function table(of: Result): string {
  const rows: [string, number | string][] = [
    ['rounds', of.rounds],
    ['edits acknowledged', of.acknowledged],
    ...Object.entries(KINDS).map(([how, words]): [string, number] => [words, of.kinds[how] ?? 0]),
    ['edits refused (disk, keychain)', of.refused],
    ['edits cut off by the end', of.cutOff],
    ['acknowledged edits lost', of.lost.length],
    ['torn or left-over files', of.torn.length],
    ['orphaned or missing secrets', of.orphans.length],
    ['secrets outside the keychain', of.leaks.length],
    ['other faults', of.bugs.length],
    ['seconds', Math.round((Date.now() - started) / 1_000)],
    ...counts('rounds ended by', of.faults),
    ...counts('rounds begun on a folder with', of.folders),
  ];
  const text = rows
    .map(([name, value]) => `| ${name.padEnd(34)} | ${String(value).padStart(8)} |`)
    .join('\n');
  const wrong = [of.lost, of.torn, of.orphans, of.leaks, of.bugs].flat();
  const more = wrong.length > 0 ? `\n${wrong.join('\n')}\nseed ${of.seed}, data folder ${of.dataDir}\n` : '';
  return `${text}\n${more}`;
}
