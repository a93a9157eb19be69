import { expect, test } from 'vitest';
import { type Store, StoreUnavailableError, type WriteResult } from '../../../engine/batch/store.ts';
import { writeAmongOthers } from '../../../engine/batch/write-with-retries.ts';

const conflict: WriteResult = { ok: false, refusals: [{ cause: 'conflict' }, undefined] };
const unexpected: WriteResult = {
  ok: false,
  refusals: [{ cause: 'conflict' }, { cause: 'condition', stored: undefined }],
};

function tableThatAnswers(...answers: readonly WriteResult[]) {
  let calls = 0;
  const never = () => Promise.reject(new Error('nobody reads'));
  const store: Store = {
    read: never,
    query: never,
    write: () => Promise.resolve(answers[Math.min(calls++, answers.length - 1)] ?? conflict),
  };
  return { store, calls: () => calls };
}

test('who is in the way is waited for', async () => {
  const { store, calls } = tableThatAnswers(conflict, conflict, { ok: true });
  expect([await writeAmongOthers(store, []), calls()]).toEqual([{ ok: true }, 3]);
});

test('what is not as expected is told at once, whoever else is in the way', async () => {
  const { store, calls } = tableThatAnswers(unexpected);
  expect([await writeAmongOthers(store, []), calls()]).toEqual([unexpected, 1]);
});

test('who is in the way every time is an outage and not a success', async () => {
  const { store, calls } = tableThatAnswers(conflict);
  await expect(writeAmongOthers(store, [])).rejects.toThrow(StoreUnavailableError);
  expect(calls()).toBe(5);
});
