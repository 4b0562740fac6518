import { mkdirSync, rmSync } from 'node:fs';
import { ensureSystemPackages } from './lib/debian.mjs';
import { inRoot } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { run, runNode } from './lib/run.mjs';
import { runScript, say } from './lib/say.mjs';
import { stopOnSignals } from './lib/stopping.mjs';
import { describeFailure, readReport, sumOf } from './lib/test-report.mjs';

const REPORTS = inRoot('.cache', 'test-reports');
const SUITES = ['unit', 'renderer', 'integration', 'e2e'];

/** Those of real processes: a machine that other work slows for a moment can fail one of a thousand. */
const AGAIN = ['integration', 'e2e'];
/** More than these is no bad moment. */
const MOST_AGAIN = 3;

/** One seed for every test that draws its cases, so that a second try draws the same ones. */
const SEED = process.env['SEED'] ?? String(Date.now() % 1_000_000);

/** Checks that have no count of their own each count as one test. */
const CHECKS = [
  ['formatting', ['run', '--silent', 'format:check']],
  ['lint and walls', ['run', '--silent', 'lint']],
  ['types', ['run', '--silent', 'check']],
];

async function check([name, args]) {
  say(`\n— ${name}`);
  const code = await run('npm', args);
  return { name, passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

const vitest = (name, report, files = []) =>
  runNode(
    inRoot('node_modules/vitest/vitest.mjs'),
    [
      'run',
      '--config',
      'test/vitest.config.ts',
      '--project',
      name,
      '--reporter=default',
      '--reporter=json',
      `--outputFile.json=${report}`,
      ...files,
    ],
    { env: { SEED } },
  );

/** A suite that ends without a test counts as one failure: a crash must not look like no tests. */
async function suite(name) {
  say(`\n— ${name} tests`);
  const report = `${REPORTS}/${name}.json`;
  const code = await vitest(name, report);
  const files = readReport(report);
  const seen = files && sumOf(files);
  if (!seen || seen.passed + seen.failed === 0) return { name, passed: 0, failed: 1, skipped: 0 };
  if (AGAIN.includes(name) && seen.failed > 0 && seen.failed <= MOST_AGAIN) return again(name, files, seen);
  return { name, ...seen, failed: seen.failed || (code === 0 ? 0 : 1) };
}

/** The few files that failed, once more: what passes now is told as flaky, by name, and never in silence. */
async function again(name, files, first) {
  const failing = [...new Set(first.failures.map(({ file }) => file))];
  say(`\n— ${name} tests that failed, once more by themselves: ${failing.join(', ')}`);
  const report = `${REPORTS}/${name}-again.json`;
  const code = await vitest(name, report, failing);
  const second = readReport(report);
  if (code !== 0 || !second || failing.some((file) => !second.has(file))) return { name, ...first };
  return { name, ...sumOf(new Map([...files, ...second])), flaky: first.failures };
}

await runScript(async () => {
  // Tests that were cut short have not passed.
  stopOnSignals(1);
  await prepare();
  const hasSystem = await ensureSystemPackages();
  rmSync(REPORTS, { recursive: true, force: true });
  mkdirSync(REPORTS, { recursive: true });
  const results = [];
  // One after the other, and all of them: a misplaced comma should not hide a broken promise.
  for (const one of CHECKS) results.push(await check(one));
  for (const name of SUITES) results.push(await suite(name));
  const total = (key) => results.reduce((sum, result) => sum + result[key], 0);
  say('');
  for (const { name, passed, failed, failures = [], flaky = [] } of results) {
    say(`${failed ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed`);
    if (failed) for (const failure of failures) say(`    ✗ ${describeFailure(failure)}`);
    for (const failure of flaky) say(`    ~ flaky, passed at the second try: ${describeFailure(failure)}`);
  }
  if (total('failed') > 0) say(`The cases were drawn with SEED=${SEED}.`);
  if (!hasSystem) say('Some system packages are missing, so some of these could not pass; see above.');
  const skipped = total('skipped');
  process.stdout.write(
    `${total('passed')} passed, ${total('failed')} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
  );
  return total('failed') === 0 ? 0 : 1;
});
