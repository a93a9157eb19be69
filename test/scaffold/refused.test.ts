import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ScratchCopy, scratchCopy } from './scratch-copy.ts';

/**
 * Goal: `npm run new` writes a participant that works, or nothing. Method: in a copy of the project it is asked for what
 * cannot be, and made to fail at its end.
 */
let copy: ScratchCopy;

beforeAll(() => {
  copy = scratchCopy();
});
afterAll(() => copy?.end());

const make = (...wish: readonly string[]) =>
  copy.run(process.execPath, 'infra/scaffold/new.ts', 'participant', ...wish);

const refusal = (name: string, why: string) =>
  `"${name}" is no name for a participant: ${why}. Choose another name.`;
const fileOf = (name: string) => refusal(name, `every participant has a file ${name}.ts of its own`);

const refused: readonly (readonly [wish: readonly string[], why: string])[] = [
  ...[
    'decide',
    'outside',
    'participate',
    'dead-letters',
    'count-dead-letters',
    'get-record',
    'get-audit',
  ].map((name) => [[name], fileOf(name)] as const),
  [['class'], refusal('class', 'class cannot be a name in its code (Expected identifier but found "class")')],
  [
    ['await'],
    refusal('await', 'await cannot be a name in its code (Cannot use "await" as an identifier here)'),
  ],
  [
    ['undefined'],
    refusal('undefined', 'undefined cannot be a name in its code (it is a global name in JavaScript)'),
  ],
  [
    ['retry-delays'],
    refusal(
      'retry-delays',
      'retryDelays cannot be a name in its code (The symbol "retryDelays" has already been declared)',
    ),
  ],
  [
    ['external'],
    refusal(
      'external',
      'external cannot be a name in its code (The symbol "externalStep" has already been declared)',
    ),
  ],
  [['identity'], refusal('identity', 'functions/identity is there already')],
  [['happy'], refusal('happy', 'scenarios/happy.yml is there already')],
  [
    ['gift', '--record', 'payment'],
    'The record "payment" is payment’s already. Choose another with --record.',
  ],
  [
    ['gift', '--record', 'stock'],
    'The function "get-stock" is there already. Choose another name or --record.',
  ],
];

test.each(refused)('%j is refused in one line, and nothing is written', async (wish, why) => {
  await expect(make(...wish, '--after', 'payment.captured')).rejects.toThrow(`\n${why}\n`);
  expect([...copy.changes().keys()]).toEqual([]);
});

test('if what was written does not load, it is taken back, and the command still starts', async () => {
  copy.write('functions/events.ts', copy.read('functions/events.ts').replaceAll(/\bText\b/g, 'Words'));
  copy.commit();
  const why = '\nNothing was written, since it would not work: ReferenceError: Text is not defined\n';
  for (const _time of ['first', 'second']) {
    await expect(make('gift', '--after', 'payment.captured')).rejects.toThrow(why);
    expect([...copy.changes().keys()]).toEqual([]);
  }
  await make('gift', '--after', 'order.confirmed');
  expect([...copy.changes().keys()]).toContain('functions/gift/decide.ts');
});
