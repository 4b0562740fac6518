import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { ensureSystemPackages } from './lib/debian.mjs';
import { inRoot } from './lib/paths.mjs';
import { prepare } from './lib/prepare.mjs';
import { run, runNode } from './lib/run.mjs';
import { runScript, say } from './lib/say.mjs';
import { stopOnSignals } from './lib/stopping.mjs';

const REPORTS = inRoot('.cache', 'test-reports');
const SUITES = ['unit', 'renderer', 'integration', 'e2e'];

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

/** A suite that ends without a report counts as one failure: a crash must not look like no tests. */
async function suite(name) {
  say(`\n— ${name} tests`);
  const report = `${REPORTS}/${name}.json`;
  const code = await runNode(inRoot('node_modules/vitest/vitest.mjs'), [
    'run',
    '--config',
    'test/vitest.config.ts',
    '--project',
    name,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${report}`,
  ]);
  const counts = readReport(report);
  if (counts && counts.passed + counts.failed > 0)
    return { name, ...counts, failed: counts.failed || (code === 0 ? 0 : 1) };
  return { name, passed: 0, failed: 1, skipped: 0 };
}

function readReport(file) {
  try {
    const { numPassedTests, numFailedTests, numPendingTests } = JSON.parse(readFileSync(file, 'utf8'));
    return { passed: numPassedTests, failed: numFailedTests, skipped: numPendingTests };
  } catch {
    return undefined;
  }
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
  for (const { name, passed, failed } of results)
    say(`${failed ? '✗' : '✓'} ${name}: ${passed} passed, ${failed} failed`);
  if (!hasSystem) say('Some system packages are missing, so some of these could not pass; see above.');
  const skipped = total('skipped');
  process.stdout.write(
    `${total('passed')} passed, ${total('failed')} failed${skipped ? `, ${skipped} skipped` : ''}\n`,
  );
  return total('failed') === 0 ? 0 : 1;
});
