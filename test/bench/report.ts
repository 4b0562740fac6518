/** One measured figure. `goal` is a bound the figure should keep; a missed goal is shown, never an exit code. */
export type Figure = {
  name: string;
  value: number;
  unit: 'ratio' | 'ms' | 'MB' | 'kB' | 'count';
  goal?: { atMost: number };
  detail?: string;
};

const digits: Record<Figure['unit'], number> = { ratio: 2, ms: 2, MB: 1, kB: 1, count: 0 };

/** A table for people on stderr, JSON for programs on stdout. */
export function report(figures: readonly Figure[]): void {
  const rows = figures.map(({ name, value, unit, goal, detail }) => [
    name,
    `${value.toFixed(digits[unit])}${unit === 'ratio' ? '×' : ` ${unit}`}`,
    goal ? `≤ ${goal.atMost}${value <= goal.atMost ? '' : '  MISSED'}` : '',
    detail ?? '',
  ]);
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows)
    process.stderr.write(
      `${row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd()}\n`,
    );
  process.stdout.write(
    `${JSON.stringify({ node: process.version, platform: process.platform, figures }, null, 1)}\n`,
  );
}
