import { writeFileSync } from 'node:fs';
import type { UserConsoleLog } from 'vitest';
import type { Reporter, SerializedError, TestCase, TestModule, Vitest } from 'vitest/node';

/** A failure in a stage: of a test, of a file, or outside of both. */
export interface Failure {
  readonly name: string;
  readonly message: string;
}

/** How much of the end of a test's output is kept. */
const MAX_PRINTED_CHARACTERS = 1_500;

/**
 * Writes the failures to a file in full. Vitest's JSON report lacks diffs, the output of tests, and errors outside of
 * all tests. https://vitest.dev/api/advanced/reporters
 */
export default class FailuresReporter implements Reporter {
  #file = '';
  readonly #printed = new Map<string, string>();

  onInit({ config: { outputFile } }: Vitest): void {
    if (typeof outputFile === 'object') this.#file = outputFile.failures ?? '';
  }

  onUserConsoleLog({ taskId = '', content }: UserConsoleLog): void {
    const printed = (this.#printed.get(taskId) ?? '') + content;
    this.#printed.set(taskId, printed.slice(-MAX_PRINTED_CHARACTERS));
  }

  onTestRunEnd(files: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const failures: readonly Failure[] = files.flatMap((file) => {
      const name = file.relativeModuleId;
      const own = file.errors().map((error) => ({ name, message: messageOf(error) }));
      const ofTests = [...file.children.allTests('failed')].map((test) => ({
        name: `${name} > ${test.fullName}`,
        message: this.#messageOf(test),
      }));
      return [...own, ...ofTests];
    });
    const outside = unhandled.map((error) => ({ name: 'outside of all tests', message: messageOf(error) }));
    writeFileSync(this.#file, JSON.stringify([...failures, ...outside]));
  }

  #messageOf(test: TestCase): string {
    const errors = (test.result().errors ?? []).map(messageOf);
    const printed = this.#printed.get(test.id);
    return [...errors, ...(printed === undefined ? [] : [`Printed at the end:\n${printed}`])].join('\n');
  }
}

const messageOf = ({ message, diff = '', stacks = [] }: SerializedError): string =>
  [message, diff, ...stacks.map(({ method, file, line }) => `at ${method} ${file}:${line}`)].join('\n');
