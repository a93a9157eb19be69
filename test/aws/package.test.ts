import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';
import { entriesOf } from '../support/aws/archive.ts';
import { documents } from '../support/aws/documents.ts';
import { type Packaged, packageFor } from '../support/aws/package.ts';

const MAX_BYTES = 1024 * 1024;

/**
 * Goal: what is shipped is small, whole and every function's own. Method: packages for real, then opens and loads
 * each archive where neither the sources nor node_modules can be reached.
 */
let packaged: Packaged;
beforeAll(async () => {
  packaged = await packageFor('prod');
  // Said and not asserted: a machine that does other things as well may take any time.
  console.log(`sls package took ${packaged.seconds.toFixed(1)} s`);
}, 60_000);
afterAll(() => packaged?.discard());

const { functions } = readConfiguration(shop, 'prod');

describe('sls package', () => {
  test('docs/aws.md says how many functions there are', () => {
    expect(documents).toContain(`There are ${Object.keys(functions).length} functions`);
  });

  // The second file is loaded only where a collector is set, so the first runs without it.
  test.each(Object.entries(functions))(
    '%s is one small file that runs by itself, and one for its spans',
    (name, { handler }) => {
      const archive = join(packaged.folder, `${name}.zip`);
      expect(statSync(archive).size).toBeLessThan(MAX_BYTES);
      const [file = '', exported = ''] = handler.split('.');
      const entries = entriesOf(readFileSync(archive));
      const files = Object.fromEntries(entries.map(({ name: path, content }) => [path, content]));
      const own = `${file}.cjs`;
      expect(Object.keys(files).toSorted()).toEqual([own, `${dirname(file)}/otlp.cjs`].toSorted());
      expect(loadAlone(files[own] ?? Buffer.of())).toHaveProperty(exported, expect.any(Function));
    },
  );
});

/** Loads a module where neither the sources nor node_modules can be found. */
function loadAlone(content: Buffer): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'order-saga-alone-'));
  try {
    const path = join(folder, 'handler.cjs');
    writeFileSync(path, content);
    return createRequire(path)(path);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
