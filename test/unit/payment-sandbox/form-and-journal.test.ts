import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RejectedRequest } from '../../../infra/local/payment-sandbox/http/answers.ts';
import { decodeForm, metadata } from '../../../infra/local/payment-sandbox/http/form.ts';
import { Journal, openJournal } from '../../../infra/local/payment-sandbox/ledger/journal.ts';

test('hostile bytes are decoded or refused, and never crash', () => {
  const hostile = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc
      .string({ unit: fc.constantFrom('%', '=', '&', '[', ']', '+', 'a', '0', '\u0000') })
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(hostile, (bytes) => {
      try {
        metadata(decodeForm(bytes));
      } catch (error) {
        expect(error).toBeInstanceOf(RejectedRequest);
      }
    }),
  );
});

test('what a form encodes is what is decoded', () => {
  const parameters = fc.dictionary(fc.stringMatching(/^[^[\]]{1,20}$/), fc.string({ unit: 'binary' }), {
    maxKeys: 20,
  });
  fc.assert(
    fc.property(parameters, (values) => {
      const encoded = new URLSearchParams(values).toString();
      const expected = Object.entries(values).map(([name, value]) => [name, value.toWellFormed()]);
      expect([...decodeForm(Buffer.from(encoded))]).toEqual(expected);
    }),
  );
});

test('lines appended together are all durable, in order', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'payment-journal-'));
  const path = join(folder, 'journal.jsonl');
  const journal = await openJournal<number>(
    path,
    () => {},
    () => {},
  );
  await Promise.all(Array.from({ length: 500 }, (_, n) => journal.append(n)));
  expect((await readFile(path, 'utf8')).split('\n')).toEqual([...Array(500).keys(), ''].map(String));
  await journal.close();

  const replayed: number[] = [];
  const again = await openJournal<number>(
    path,
    (entry) => replayed.push(entry),
    () => {},
  );
  await again.close();
  expect(replayed).toEqual([...Array(500).keys()]);
  await rm(folder, { recursive: true });
});

test('after a failed write nothing is acknowledged any more', async () => {
  const failures: Error[] = [];
  const readOnly = await open(new URL(import.meta.url), 'r');
  const journal = new Journal<string>(readOnly, (error) => failures.push(error));
  const outcomes = await Promise.allSettled([journal.append('one'), journal.append('two')]);
  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  await expect(journal.append('three')).rejects.toThrow('EBADF');
  expect(failures).toHaveLength(1);
  await journal.close();
});
