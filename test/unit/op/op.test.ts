import { describe, expect, test } from 'vitest';
import { erase } from '../../../infra/op/erase.ts';
import { runOperation } from '../../../infra/op/operation.ts';
import { retain } from '../../../infra/op/retain.ts';

/** What a command says to whom, with functions that answer one after the other. */
async function said(args: readonly string[], ...answers: readonly unknown[]) {
  const lines: string[] = [];
  const complaints: string[] = [];
  const asked: unknown[] = [];
  const connect = (stage: string | undefined) => async (name: string, payload: unknown) => {
    asked.push([stage, name, payload]);
    return answers[asked.length - 1];
  };
  const told = {
    say: (line: string) => void lines.push(line),
    complain: (line: string) => void complaints.push(line),
  };
  const exitCode = await runOperation([erase, retain], args, connect, told);
  return { exitCode, lines, complaints, asked };
}

const nothing = { forgotten: 0, open: 0, failed: 0, more: false };

describe('npm run op', () => {
  test('erase asks until nothing is left', async () => {
    const more = { ...nothing, forgotten: 25, more: true };
    const { exitCode, lines, asked } = await said(['erase', 'alice', '--reason', 'request 7'], more, {
      ...nothing,
      forgotten: 5,
    });
    expect(lines).toEqual(["30 of alice's orders are erased."]);
    expect(exitCode).toBe(0);
    const wish = { owner: 'alice', reason: 'request 7', dryRun: false };
    expect(asked).toEqual([
      [undefined, 'erase', wish],
      [undefined, 'erase', wish],
    ]);
  });

  test('erase says what is left, and fails', async () => {
    const args = ['erase', 'alice', '--reason', 'request 7'];
    const { exitCode, lines } = await said(args, { ...nothing, open: 2, failed: 1 });
    expect(lines.slice(1)).toEqual([
      '2 go on, or ended less than a quarter of an hour ago: ask again after that.',
      '1 could not be erased: the log of the function erase says why.',
    ]);
    expect(exitCode).toBe(1);
  });

  test('a dry run asks once, and the stage may stand anywhere', async () => {
    const args = ['retain', '--dry-run', '--stage', 'prod'];
    const { exitCode, lines, asked } = await said(args, { ...nothing, forgotten: 3, more: true });
    expect(lines[0]).toBe('3 orders would be forgotten, and 0 are kept for now.');
    expect(asked).toEqual([['prod', 'retain', { dryRun: true }]]);
    expect(exitCode).toBe(0);
  });

  test.each([
    [['erase', 'alice'], "required option '--reason <reason>' not specified"],
    [['erase', '--reason', 'request 7'], "missing required argument 'customer'"],
    [
      ['erase', 'alice', 'bob', '--reason', 'x'],
      "too many arguments for 'erase'. Expected 1 argument but got 2: alice, bob.",
    ],
    [['erasure'], "unknown command 'erasure'"],
    [['retain', '--dry'], "unknown option '--dry'"],
  ])('%j is refused in one line', async (args, complaint) => {
    const { exitCode, complaints, asked } = await said(args);
    expect(complaints.join().split('\n')[0]).toBe(complaint);
    expect(exitCode).toBe(2);
    expect(asked).toEqual([]);
  });

  test('--help says what there is', async () => {
    const { exitCode, lines } = await said(['--help']);
    expect(exitCode).toBe(0);
    for (const name of ['erase', 'retain', '--stage']) expect(lines.join('\n')).toContain(name);
  });
});
