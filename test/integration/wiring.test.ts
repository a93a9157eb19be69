import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { freePorts } from '../../infra/local/ports.ts';
import { type ScratchCopy, scratchCopy } from '../scaffold/scratch-copy.ts';
import { Command, portVariables, runningProcesses } from '../support/local-system/start-command.ts';

/**
 * Goal: `npm start` never says that everything is up where a participant cannot work. Method: copies of the project, each
 * with one thing missing.
 */
let copy: ScratchCopy;
let dataDir: string;

beforeAll(() => {
  copy = scratchCopy();
  dataDir = join(copy.folder, '.local');
});
afterAll(() => copy?.end());

const remove = (path: string) => rmSync(join(copy.folder, path), { recursive: true });
const declareVariable = (line: string) =>
  copy.edit('serverless.yml', '  environment:\n', `  environment:\n    ${line}\n`);

/** What `npm start` says in the end, of a copy that is changed for as long. */
async function start(change: () => unknown, entry = 'infra/local/start.ts', ...args: readonly string[]) {
  await change();
  try {
    const environment = { DATA_DIR: dataDir, ...portVariables(await freePorts()) };
    return await new Command(entry, args, environment, copy.folder).ended;
  } finally {
    await copy.run('git', 'checkout', '--quiet', '.');
    await copy.run('git', 'clean', '-d', '--force', '--quiet');
  }
}

test.each([
  [
    'its function',
    'The function payment has no file functions/payment/participate.ts: write it, as its neighbours in functions/ have it.',
    () => remove('functions/payment/participate.ts'),
  ],
  [
    'its functions, since the framework is not told of them,',
    'serverless.yml does not name the plugin ./infra/functions/plugin.ts: add it to plugins, and what functions/shop.ts declares is there.',
    () => copy.edit('serverless.yml', '  - ./infra/functions/plugin.ts\n', ''),
  ],
  [
    'its variable',
    'PAYMENT_TABLE names no table, so payment cannot find its records: take it out of provider.environment in serverless.yml, and the declaration sets it.',
    () => declareVariable("PAYMENT_TABLE: ''"),
  ],
  [
    'its table',
    'The participant payment has no table: PAYMENT_TABLE names payments, and there are only order-saga-local-order, order-saga-local-inventory, order-saga-local-payment.',
    () => declareVariable('PAYMENT_TABLE: payments'),
  ],
  [
    'its folder',
    'The participant parcel has no folder functions/parcel: make it with npm run new, or take parcel out of functions/shop.ts.',
    async () => {
      await copy.run(
        process.execPath,
        'infra/scaffold/new.ts',
        'participant',
        'parcel',
        '--after',
        'order.placed',
      );
      remove('functions/parcel');
    },
  ],
])(
  'a participant without %s is refused in one sentence, before anything starts',
  async (_, sentence, change) => {
    const { exitCode, stdout, stderr } = await start(change);
    expect(stderr.trim()).toBe(sentence);
    expect({ exitCode, stdout: stdout.trim() }).toEqual({
      exitCode: 1,
      stdout: 'Starting OrderSaga for the first time…',
    });
  },
);

// Fails where nobody loads a function before the first message comes: orders wait, and the reason stands in a log.
test.each([
  [
    'cannot be declared',
    'payment asks with colour, which no event that it consumes has: consume an event with it, too',
    () =>
      copy.edit(
        'functions/payment/decide.ts',
        '      amountMinor: AmountMinor,',
        '      amountMinor: AmountMinor, colour: Currency,',
      ),
  ],
  [
    'is no TypeScript',
    'functions/payment/decide.ts',
    () => copy.edit('functions/payment/decide.ts', 'call: Text })', 'call: Text }'),
  ],
])('a step that %s is refused with the reason, and nothing is left running', async (_, reason, change) => {
  const { exitCode, stdout, stderr } = await start(change);
  expect(stderr).toMatch(/^The function [a-z-]+ cannot be loaded \(nor [a-z, -]+\): /);
  expect(stderr).toContain(reason);
  expect(stdout).not.toContain('everything is up');
  expect(exitCode).toBe(1);
  expect([...runningProcesses(dataDir)]).toEqual([]);
});

test('a declaration that is refused says what to do, and nothing else', async () => {
  const change = () =>
    copy.edit('functions/shop.ts', "completes: ['payment.captured']", "completes: ['stock.reserved']");
  const { exitCode, stderr } = await start(change, 'infra/local/bootstrap.mjs', 'infra/local/start.ts');
  const [head, ...flaws] = stderr.trimEnd().split('\n');
  expect(head).toBe('the saga order-saga cannot keep its promises:');
  for (const flaw of flaws) expect(flaw).toMatch(/^ {2}\S.*: add payment\.captured to "completes"/);
  expect([flaws.length, exitCode]).toEqual([4, 1]);
});

// Fails where only the project's files are looked at: they say nothing of what reads the queues.
test('participants whose functions are not running are refused, a sentence each, and nothing is left running', async () => {
  const { exitCode, stdout, stderr } = await start(() =>
    copy.edit('serverless.yml', '  - ./infra/local/rabbitmq-event-source\n', ''),
  );
  expect(stderr.trim().split('\n')).toEqual(
    ['order', 'inventory', 'payment'].map((queue) =>
      expect.stringContaining(`Nobody reads the queue ${queue}:`),
    ),
  );
  expect(stdout).not.toContain('everything is up');
  expect(exitCode).toBe(1);
  expect([...runningProcesses(dataDir)]).toEqual([]);
});
