import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Failure } from './failures-reporter.ts';
import { failuresFileOf } from './stages.ts';
import type { Timed } from './times.ts';

/** The exit code of what could not be run here, and has said why: neither passed nor failed. */
export const NOT_RUN = 77;

export type Tally = {
  readonly passed: number;
  readonly failed: number;
  /** Problems that the command's own output does not show. */
  readonly problems: readonly string[];
  /** The failures that the command reported. */
  readonly failures: readonly Failure[];
  readonly tests: readonly Timed[];
  /** Nothing of it was run here, so nothing has passed. */
  readonly isNotRun?: boolean;
};

/** The part read here of https://vitest.dev/guide/reporters#json-reporter */
const report = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      assertionResults: z.array(
        z.object({ fullName: z.string(), status: z.string(), duration: z.number().nullish() }),
      ),
    }),
  ),
});

/** Counts the passed tests of a vitest run. A skipped test is a problem, and so is a run without tests. */
export function countTests(reportFile: string, exitCode: number | null): Tally {
  const files = readReport(reportFile);
  const failures = readFailures(failuresFileOf(reportFile));
  if (files === undefined && exitCode === NOT_RUN)
    return { passed: 0, failed: 0, problems: [], failures, tests: [], isNotRun: true };
  if (files === undefined)
    return { passed: 0, failed: 1, problems: ['vitest ended without a report'], failures, tests: [] };
  const tests = files.flatMap(({ assertionResults }) => assertionResults);
  const failed = tests.filter(({ status }) => status === 'failed');
  const skipped = tests.filter(({ status }) => status !== 'passed' && status !== 'failed');
  const broken = files.filter(
    ({ status, assertionResults }) =>
      (status !== 'passed' && assertionResults.every((test) => test.status === 'passed')) ||
      assertionResults.length === 0,
  );
  const problems = [
    ...skipped.map(({ fullName, status }) => `${status}, which is not passed: ${fullName}`),
    ...broken.map(({ name }) => `failed as a whole: ${name}`),
  ];
  if (tests.length === 0 && broken.length === 0) problems.push('not one test ran');
  const isUnexplained = exitCode !== 0 && failed.length + problems.length === 0;
  if (isUnexplained) problems.push(`vitest ended with exit code ${exitCode} although every test passed`);
  const passed = tests.length - failed.length - skipped.length;
  return {
    passed,
    failed: failed.length + problems.length,
    problems,
    failures,
    tests: tests.map(({ fullName, duration }) => ({ name: fullName, seconds: (duration ?? 0) / 1000 })),
  };
}

const failed = z.array(z.object({ name: z.string(), message: z.string() }));

/** The failures explain the figures; they are not counted. */
function readFailures(file: string): readonly Failure[] {
  try {
    return failed.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return [];
  }
}

function readReport(file: string): z.infer<typeof report>['testResults'] | undefined {
  try {
    return report.parse(JSON.parse(readFileSync(file, 'utf8'))).testResults;
  } catch {
    return undefined;
  }
}
