import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../infra/local/project.ts';

/** What a shop is about, as words and as parts of names. */
const word = /\b(orders?|payments?|stock|skus?|customers?|inventory)\b/i;
const partOfName =
  /(?<![a-z])(order|payment|stock|sku|customer|inventory)(?=[A-Z])|(Order|Payment|Stock|Sku|Customer|Inventory)(?=[A-Z]|Id|s?\b)/;
/** A sequence: `in order`, `in their order`, `in the order of`. */
const sequence = /\bin ((?!an?\b)[\w']+ ){0,2}order\b/gi;

const files = globSync('engine/**/*.ts', { cwd: projectDir });

test('no file of the engine names an order, a payment, stock, a SKU or a customer', () => {
  expect(files.length).toBeGreaterThan(50);
  const named = files.flatMap((file) =>
    readFileSync(join(projectDir, file), 'utf8')
      .split('\n')
      .map((line) => line.replace(sequence, ''))
      .flatMap((line, index) =>
        word.test(line) || partOfName.test(line) ? [`${file}:${index + 1} ${line.trim()}`] : [],
      ),
  );
  expect(named).toEqual([]);
});

test('the words are looked for', () => {
  for (const line of ['of an order', 'orderId', 'liveOrder', 'in an order', 'the SKU', 'CustomerId'])
    expect(word.test(line.replace(sequence, '')) || partOfName.test(line), line).toBe(true);
  for (const line of [
    'in order',
    'in the order of the writes',
    "in the schema's order",
    'reorder',
    'ordered',
  ])
    expect(word.test(line.replace(sequence, '')) || partOfName.test(line), line).toBe(false);
});
