import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { projectDir } from '../../infra/local/project.ts';

/**
 * Goal: what is installed is what was looked at, runs nothing at its installation, and may be used as it is. Method: reads
 * package-lock.json, which alone decides what npm installs.
 */
const read = (file: string): string => readFileSync(join(projectDir, file), 'utf8');

const Locked = z.object({
  version: z.string(),
  integrity: z.string().optional(),
  resolved: z.string().optional(),
  link: z.boolean().optional(),
  license: z.string().optional(),
  dev: z.boolean().optional(),
  optional: z.boolean().optional(),
  hasInstallScript: z.boolean().optional(),
});
const { packages } = z
  .object({ packages: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(read('package-lock.json')));
const locked = Object.entries(packages).flatMap(([path, entry]) =>
  path === '' ? [] : [{ name: path.replace(/^.*node_modules\//, ''), ...Locked.parse(entry) }],
);
const { allowScripts } = z
  .object({ allowScripts: z.record(z.string(), z.boolean()) })
  .parse(JSON.parse(read('package.json')));

describe('each locked package', () => {
  // Fails after an installation on one platform: npm leaves out what it knows of the packages of the others. Delete their
  // entries, and run npm install --package-lock-only --omit-lockfile-registry-resolved.
  test('has a digest, so that a registry can hand out no other', () => {
    expect(locked.length).toBeGreaterThan(500);
    const bare = locked.filter(({ integrity = '' }) => !/^sha512-[\w+/]{86}==$/.test(integrity));
    expect(bare.map(({ name }) => name)).toEqual([]);
  });

  test('comes from the registry that npm is set to, and from no address of its own', () => {
    expect(locked.filter(({ resolved, link }) => resolved !== undefined || link === true)).toEqual([]);
  });
});

describe('install scripts', () => {
  // Fails when a package comes along that has one: decide, and enter it in package.json.
  test('are each decided on', () => {
    const having = locked.filter(({ hasInstallScript }) => hasInstallScript === true);
    expect(having.map(({ name }) => name).toSorted()).toEqual(Object.keys(allowScripts).toSorted());
  });

  test('are not run, by whichever npm', () => {
    expect(Object.values(allowScripts)).not.toContain(true);
    // npm before 12 runs also what package.json refuses: https://docs.npmjs.com/cli/v11/commands/npm-approve-scripts
    expect(read('.npmrc')).toMatch(/^ignore-scripts=true$/m);
    expect(read('infra/local/bootstrap.mjs')).toMatch(/^ +'--ignore-scripts',$/m);
  });
});

/** Asks for no more than to be named. */
const permissive = ['MIT', 'ISC', '0BSD', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0'];
/** Fine for tools, which nobody is given: the source of changed files, or credit, would be owed to whoever is. */
const forTools = ['BlueOak-1.0.0', 'CC-BY-4.0', 'MPL-2.0', 'PSF-2.0', 'Python-2.0', 'Zlib'];

/** Whether one of the licences offered, or all that apply together, may be used. https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/ */
function isAllowed(expression: string, allowed: readonly string[]): boolean {
  const bare = expression.replace(/^\((.*)\)$/, '$1');
  if (bare.includes(' OR ')) return bare.split(' OR ').some((each) => allowed.includes(each));
  return bare.split(' AND ').every((each) => allowed.includes(each));
}

describe('licences', () => {
  test('are known and allowed, of what is shipped more strictly than of tools', () => {
    const refused = locked.filter(
      ({ license = 'none', dev }) =>
        !isAllowed(license, dev === true ? [...permissive, ...forTools] : permissive),
    );
    expect(refused.map(({ name, license }) => `${name}: ${license}`)).toEqual([]);
  });

  test.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-or-later)', true],
    ['(MIT AND Zlib)', false],
    ['MPL-2.0', false],
    ['GPL-3.0-only', false],
    ['SEE LICENSE IN LICENSE.md', false],
    ['none', false],
  ])('%s may be shipped: %s', (license, isFine) => {
    expect(isAllowed(license, permissive)).toBe(isFine);
  });
});

test('npm run sbom lists every locked package, with its digest and licence', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const [program = '', ...args] = (scripts.sbom ?? '').split(' ');
  const output = execFileSync(program, args, {
    cwd: projectDir,
    encoding: 'utf8',
    maxBuffer: 16 * 1024 ** 2,
  });
  const { bomFormat, components } = z
    .object({
      bomFormat: z.string(),
      components: z.array(
        z.looseObject({
          'bom-ref': z.string(),
          hashes: z.array(z.object({ alg: z.literal('SHA-512'), content: z.string() })).length(1),
          licenses: z.array(z.unknown()).min(1),
        }),
      ),
    })
    .parse(JSON.parse(output));
  expect(bomFormat).toBe('CycloneDX');
  const listed = new Map(components.map((each) => [each['bom-ref'], each.hashes[0]?.content]));
  for (const { name, version, integrity = '' } of locked) {
    const digest = Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex');
    expect([name, [...listed.values()].includes(digest)], version).toEqual([name, true]);
  }
}, 60_000);
