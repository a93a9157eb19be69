import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../infra/local/project.ts';

/** What a shop is about, as words and as parts of names. */
const word = /\b(orders?|payments?|stock|skus?|customers?|inventory)\b/i;
const partOfName =
  /(?<![a-z])(order|payment|stock|sku|customer|inventory)(?=[A-Z])|(Order|Payment|Stock|Sku|Customer|Inventory)(?=[A-Z]|Id|s?\b)/;
/** What the other saga is about. The engine gives an event such as `car.booked` as an example, and a member such as `tripId`. */
const ofTrip = /\b(trips?|flights?|seats?|rentals?)\b|\bexamples\//i;
/** A sequence: `in order`, `in their order`, `in the order of`. */
const sequence = /\bin ((?!an?\b)[\w']+ ){0,2}order\b/gi;

const files = globSync('engine/**/*.ts', { cwd: projectDir });

/** The lines of files that say something. */
const saying = (paths: readonly string[], isSaid: (line: string) => boolean): readonly string[] =>
  paths.flatMap((file) =>
    readFileSync(join(projectDir, file), 'utf8')
      .split('\n')
      .map((line) => line.replace(sequence, ''))
      .flatMap((line, index) => (isSaid(line) ? [`${file}:${index + 1} ${line.trim()}`] : [])),
  );

test('no file of the engine or of an example names an order, a payment, stock, a SKU or a customer', () => {
  expect(files.length).toBeGreaterThan(50);
  const examples = globSync('examples/**/*.{ts,yml}', { cwd: projectDir });
  expect(examples.length).toBeGreaterThan(5);
  expect(saying([...files, ...examples], (line) => word.test(line) || partOfName.test(line))).toEqual([]);
});

test('no file of the engine names a trip, a flight or its seats', () => {
  expect(saying(files, (line) => ofTrip.test(line))).toEqual([]);
  for (const line of ['a trip', "'flight.booked'", 'examples/trip']) expect(ofTrip.test(line)).toBe(true);
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
