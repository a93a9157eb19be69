import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { listeningHost } from '../../../infra/local/listening.ts';
import { projectDir } from '../../../infra/local/project.ts';

/** Goal: what believes everybody is reached from this machine alone, and never beside something real. */
test.each([undefined, '', 'prod', 'localstack', 'LOCAL'])(
  'a stand-in does not start in the stage %j',
  (STAGE) => {
    expect(() => listeningHost('sandbox', { STAGE }, true)).toThrow(
      /runs in the stage local only.*STAGE=local/,
    );
  },
);

test.each(['0.0.0.0', '::', '192.168.1.5', 'laptop.example'])('a stand-in does not listen on %s', (HOST) => {
  expect(() => listeningHost('sandbox', { STAGE: 'local', HOST }, false)).toThrow(/Leave HOST out/);
});

test('a stand-in listens on loopback, and in a container where the container says', () => {
  expect(listeningHost('sandbox', { STAGE: 'local' }, false)).toBe('127.0.0.1');
  expect(listeningHost('sandbox', { STAGE: 'local', HOST: 'localhost' }, false)).toBe('localhost');
  expect(listeningHost('sandbox', { STAGE: 'local', HOST: '0.0.0.0' }, true)).toBe('0.0.0.0');
});

test.each(['identity', 'payment-sandbox', 'outside-sandbox'])(
  'infra/local/%s starts in no other stage',
  (folder) => {
    const entry = join(projectDir, 'infra/local', folder, 'main.ts');
    const env = { PATH: process.env.PATH, PORT: '0', LEDGER_FILE: '/nowhere/ledger', HOST: '127.0.0.1' };
    const { status, stderr } = spawnSync(process.execPath, [entry], {
      env,
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect(stderr).toContain('STAGE is not set');
    expect(status).toBe(1);
  },
);
