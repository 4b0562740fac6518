import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { ROOT } from './paths.mjs';

/** A report quotes assertions as the terminal would show them, in colours. */
const firstLine = (text) => stripVTControlCharacters(text).trim().split('\n', 1)[0];

/**
 * What Vitest's JSON report says of each file of one suite.
 * @returns a map of file (relative to the root) to `{ passed, failed, skipped, failures }`, where a failure is
 * `{ file, test, message }`, without `test` if the file itself or a hook of it failed; undefined without a report
 */
export function readReport(path) {
  let report;
  try {
    report = JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
  return new Map(
    report.testResults.map((result) => {
      const file = relative(ROOT, result.name);
      const tests = result.assertionResults;
      const count = (status) => tests.filter((test) => test.status === status).length;
      const failures = tests
        .filter(({ status }) => status === 'failed')
        .map(({ fullName, failureMessages }) => ({
          file,
          test: fullName,
          message: firstLine(failureMessages[0] ?? ''),
        }));
      if (failures.length === 0 && result.status === 'failed')
        failures.push({ file, message: firstLine(result.message ?? '') });
      const passed = count('passed');
      const failed = failures.length;
      return [file, { passed, failed, skipped: tests.length - passed - count('failed'), failures }];
    }),
  );
}

/** The counts and failures of all files together. */
export const sumOf = (files) =>
  [...files.values()].reduce(
    (sum, one) => ({
      passed: sum.passed + one.passed,
      failed: sum.failed + one.failed,
      skipped: sum.skipped + one.skipped,
      failures: [...sum.failures, ...one.failures],
    }),
    { passed: 0, failed: 0, skipped: 0, failures: [] },
  );

/** A failure in one line, for the end of a long output, where the failure itself has long scrolled away. */
export const describeFailure = ({ file, test, message }) =>
  `${file}${test === undefined ? '' : ` › ${test}`}: ${message}`;
