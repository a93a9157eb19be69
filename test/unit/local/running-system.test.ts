import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { portsFrom } from '../../../infra/local/ports.ts';
import { claim } from '../../../infra/local/processes/identity-file.ts';
import {
  describeSystem,
  lastPorts,
  runningSystem,
  supervisorFileOf,
} from '../../../infra/local/running-system.ts';

/** Goal: a command talks to the system of its own checkout or to none. Method: this process is the system. */
const ports = portsFrom({ API_PORT: '23000', ISSUER_PORT: '23011' });
const environment = { STAGE: 'local' };

let dataDir: string;
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'order-saga-'));
  mkdirSync(join(dataDir, 'run'));
});
afterEach(() => rmSync(dataDir, { recursive: true, force: true }));

const start = () => {
  claim(supervisorFileOf(dataDir));
  describeSystem(dataDir, { ports, environment });
};
const asked = (variables: NodeJS.ProcessEnv = {}) => runningSystem({ DATA_DIR: dataDir, ...variables });
const refusal = `No system runs from this checkout (on the data in`;

test('the system that runs on the data is found, whatever its ports', () => {
  start();
  expect(asked()).toEqual({ pid: process.pid, ports, environment });
  expect(asked({ API_PORT: '23000', LAMBDA_PORT: '' }).ports).toEqual(ports);
});

test('a port of another system is refused', () => {
  start();
  expect(() => asked({ API_PORT: '3000' })).toThrow(
    'API_PORT is 3000, but the system that runs from this checkout has port 23000. Unset API_PORT, or go to the checkout of the other system.',
  );
});

test('none is found where none has run, or none runs any more', () => {
  expect(() => asked()).toThrow(refusal);
  start();
  rmSync(supervisorFileOf(dataDir));
  expect(() => asked()).toThrow(refusal);
  expect(lastPorts(dataDir)).toEqual(ports);
});

test('what an earlier system left is not taken for the one that is starting', () => {
  start();
  const earlier = { pid: process.pid + 1, ports, environment };
  writeFileSync(join(dataDir, 'run/system.json'), JSON.stringify(earlier));
  expect(() => asked()).toThrow(refusal);
});

test('what was damaged is no system', () => {
  start();
  writeFileSync(join(dataDir, 'run/system.json'), '{"pid":');
  expect(() => asked()).toThrow(refusal);
  expect(lastPorts(dataDir)).toBeUndefined();
});

test('only its owner may read it: the URL of a given broker has a password', () => {
  start();
  expect(statSync(join(dataDir, 'run/system.json')).mode & 0o077).toBe(0);
});
