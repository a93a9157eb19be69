import { describe, expect, test } from 'vitest';
import { said } from './said.ts';

const nothing = { forgotten: 0, open: 0, failed: 0, more: false };

describe('npm run op', () => {
  test('erase asks until nothing is left', async () => {
    const more = { ...nothing, forgotten: 25, more: true };
    const { exitCode, lines, invoked } = await said(['erase', 'alice', '--reason', 'request 7'], {
      functions: [more, { ...nothing, forgotten: 5 }],
    });
    expect(lines).toEqual(["30 of alice's orders are erased."]);
    expect(exitCode).toBe(0);
    const wish = { owner: 'alice', reason: 'request 7', dryRun: false };
    expect(invoked).toEqual([
      [undefined, 'erase', wish],
      [undefined, 'erase', wish],
    ]);
  });

  test('erase says what is left, and fails', async () => {
    const args = ['erase', 'alice', '--reason', 'request 7'];
    const { exitCode, lines } = await said(args, { functions: [{ ...nothing, open: 2, failed: 1 }] });
    expect(lines.slice(1)).toEqual([
      '2 go on, or ended less than a quarter of an hour ago: ask again after that.',
      '1 could not be erased: the log of the function erase says why.',
    ]);
    expect(exitCode).toBe(1);
  });

  test('a dry run asks once, and the stage may stand anywhere', async () => {
    const args = ['retain', '--dry-run', '--stage', 'prod'];
    const { exitCode, lines, invoked } = await said(args, {
      functions: [{ ...nothing, forgotten: 3, more: true }],
    });
    expect(lines[0]).toBe('3 orders would be forgotten, and 0 are kept for now.');
    expect(invoked).toEqual([['prod', 'retain', { dryRun: true }]]);
    expect(exitCode).toBe(0);
  });

  test.each([
    [['erase', 'alice'], "required option '--reason <reason>' not specified"],
    [['erase', '--reason', 'request 7'], "missing required argument 'customer'"],
    [
      ['erase', 'alice', 'bob', '--reason', 'x'],
      "too many arguments for 'erase'. Expected 1 argument but got 2: alice, bob.",
    ],
    [['erasure'], "unknown command 'erasure' (Did you mean erase?)"],
    [['retain', '--dry'], "unknown option '--dry'"],
  ])('%j is refused in one line', async (args, complaint) => {
    const { exitCode, complaints, invoked } = await said(args);
    expect(complaints).toEqual([complaint]);
    expect(exitCode).toBe(2);
    expect(invoked).toEqual([]);
  });

  test('--help says what there is', async () => {
    const { exitCode, lines } = await said(['--help']);
    expect(exitCode).toBe(0);
    for (const name of ['erase', 'retain', 'sagas', 'show', '--stage', '--json'])
      expect(lines.join('\n')).toContain(name);
  });
});
