import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { HASTY, PATIENT, type Patience } from '../../../engine/rabbitmq/publisher.ts';
import { ANSWER_TIMEOUT_MS, APPLY_TIMEOUT_MS } from '../../../infra/aws/topology/handler.ts';
import { TOPOLOGY_TIMEOUT_MS } from '../../../infra/broker/apply.ts';
import { projectDir } from '../../../infra/local/project.ts';
import { drivers } from '../../support/bounds/drivers.ts';
import { boundsInDocument, callsIn, callsInCode } from '../../support/bounds/table.ts';

/**
 * Goal: no call to the outside waits without a limit. Method: the calls are found in the code, and each has a row in
 * docs/operations.md; test/integration/bounds.test.ts makes the calls of each row to servers that cannot be relied on.
 */
const rows = boundsInDocument();

test('each call to the outside has its row, and each row its calls', () => {
  const inCode = callsInCode();
  expect(rows.flatMap(({ files }) => files).toSorted()).toEqual([...inCode.keys()].toSorted());
  for (const { files, calls } of rows) {
    const made = new Set(files.flatMap((file) => [...(inCode.get(file) ?? [])]));
    expect([...made].toSorted(), files.join()).toEqual(calls.toSorted());
  }
});

test('each row is driven', () => {
  expect(Object.keys(drivers).toSorted()).toEqual(rows.map(({ files: [first = ''] }) => first).toSorted());
});

test('the limits of a connection are those of its steps, in all of its tries', () => {
  const longest = ({ offers, connectTimeoutMs, confirmTimeoutMs }: Patience) =>
    offers * (3 * connectTimeoutMs + confirmTimeoutMs);
  const limitsOf = (file: string) => rows.find(({ files }) => files[0] === file)?.limitsMs;
  expect(limitsOf('engine/rabbitmq/publisher.ts')).toEqual([HASTY, PATIENT].map(longest));
  expect(limitsOf('engine/rabbitmq/link.ts')).toEqual([HASTY, PATIENT].map(longest));
  expect(limitsOf('infra/broker/apply.ts')).toEqual([TOPOLOGY_TIMEOUT_MS]);
});

// Fails where the function is killed in mid-answer: CloudFormation then waits for an hour.
test('the topology’s function has the time to say that it failed', () => {
  const [, seconds] =
    /^ {2}topology:\n(?: {4}.*\n)*? {4}timeout: (\d+)$/m.exec(
      readFileSync(join(projectDir, 'serverless.yml'), 'utf8'),
    ) ?? [];
  expect(APPLY_TIMEOUT_MS + ANSWER_TIMEOUT_MS).toBeLessThan(1_000 * Number(seconds));
  expect(TOPOLOGY_TIMEOUT_MS).toBeLessThan(APPLY_TIMEOUT_MS);
});

test.each([
  ['const client = new CloudWatchClient({});', 'new CloudWatchClient'],
  ['return await fetch(url);', 'fetch'],
  ["import { request } from 'node:https';", 'node:https'],
  ['await amqp.connect(url)', 'amqp.connect'],
  ['await this.#channel.purgeQueue(name)', 'purgeQueue'],
  ['const other = await link.connection.createChannel();', 'createChannel'],
  ['await visit.checkQueue(name)', 'checkQueue'],
])('a call is found: %s', (code, call) => {
  expect([...callsIn(code)]).toEqual([call]);
});

test('what is no call is not: a type, a comment, a method of another name', () => {
  const code = `import type { Socket } from 'node:net';\n// fetch(url) is bounded\nconst text = this.fetch(id);`;
  expect([...callsIn(code)]).toEqual([]);
});
