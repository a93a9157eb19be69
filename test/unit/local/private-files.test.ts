import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { loadSigningKey } from '../../../infra/local/identity/signing-key.ts';
import { Ledger } from '../../../infra/local/outside-sandbox/ledger.ts';
import { openJournal } from '../../../infra/local/payment-sandbox/ledger/journal.ts';
import { privateData, privateFolder } from '../../../infra/local/private-files.ts';
import { claim, writeIdentity } from '../../../infra/local/processes/identity-file.ts';
import { OwnProcess } from '../../../infra/local/processes/own-process.ts';
import { describeSystem } from '../../../infra/local/running-system.ts';

/** Goal: what a local run writes, no other user of the machine reads, whatever this user’s mask is. */
let folder: string;
let mask: number;
beforeEach(() => {
  mask = process.umask(0);
  folder = join(mkdtempSync(join(tmpdir(), 'order-saga-private-')), 'data');
});
afterEach(() => {
  process.umask(mask);
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

/** What others may do something with. */
const openToOthers = (): readonly string[] =>
  ['', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })]
    .map((name) => join(folder, name))
    .filter((path) => (statSync(path).mode & 0o077) !== 0)
    .map((path) => relative(folder, path));

test('a folder is closed, with those above it, also one that was open', () => {
  privateFolder(join(folder, 'a/b'));
  expect(openToOthers()).toEqual([]);
  mkdirSync(join(folder, 'old'));
  chmodSync(join(folder, 'old'), 0o755);
  privateFolder(join(folder, 'old'));
  expect(openToOthers()).toEqual([]);
});

test('a folder that DATA_DIR names is made closed, and left as it is where it was there before', () => {
  privateData(join(folder, 'new'));
  expect(openToOthers()).toEqual([]);
  chmodSync(join(folder, 'new'), 0o755);
  privateData(join(folder, 'new'));
  expect(openToOthers()).toEqual(['new']);
});

test('key, ledgers, identities and the description of the system are for their user alone', async () => {
  await loadSigningKey(folder);
  privateFolder(join(folder, 'run'));
  writeIdentity(join(folder, 'run/part.json'), { pid: 1, startedAt: 'x' });
  claim(join(folder, 'run/supervisor.json'));
  const ports = {
    api: 1,
    lambda: 2,
    payments: 3,
    issuer: 4,
    dynamodb: 5,
    rabbitmq: 6,
    rabbitmqDist: 7,
    console: 8,
  };
  describeSystem(folder, { ports, environment: {} });
  const journal = await openJournal(
    join(folder, 'payments/ledger.jsonl'),
    () => {},
    () => {},
  );
  await journal.append({});
  await journal.close();
  new Ledger(join(folder, 'payments/book.json')).answer('trip_1', {}, () => ({ done: { reference: 'x' } }));
  expect(readdirSync(folder, { recursive: true })).toHaveLength(9);
  expect(openToOthers()).toEqual([]);
});

test('a part’s log, and what a part writes by itself, are for their user alone', async () => {
  privateFolder(folder);
  const written = join(folder, 'tables.sqlite');
  const part = new OwnProcess({
    title: 'a part',
    key: 'part',
    program: process.execPath,
    args: [
      '-e',
      `require('node:fs').writeFileSync(${JSON.stringify(written)}, 'x'); console.log('said'); setInterval(() => {}, 1e6)`,
    ],
    environment: {},
    workingDir: folder,
    dataDir: folder,
    probe: async () => {
      if (!existsSync(written)) throw new Error('not yet');
      return 'ready';
    },
    readyTimeoutMs: 10_000,
    stopTimeoutMs: 2_000,
  });
  onTestFinished(() => part.stop());
  await part.start();
  await expect.poll(() => readFileSync(join(folder, 'logs/part.log'), 'utf8')).toContain('said');
  expect(openToOthers()).toEqual([]);
  expect(process.umask()).toBe(0);
});
