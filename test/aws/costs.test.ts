import { describe, expect, test } from 'vitest';
import { documents } from '../support/aws/documents.ts';

/** Goal: the cost tables add up. Method: calculates every row and every sum again. */

/** The rows of the table that is headed by such a cell, each as its cells. */
function rowsOf(head: string): readonly (readonly string[])[] {
  const lines = documents.slice(documents.indexOf(`| ${head} |`)).split('\n');
  return lines.slice(2, lines.indexOf('')).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** Sums of products, of numbers, powers of ten and sums in brackets; what is a unit is not calculated with. */
function resultOf(arithmetic: string): number {
  const flat = arithmetic
    .replaceAll(/\(([^()]+)\)/g, (_, inner: string) => String(resultOf(inner)))
    .replaceAll(/(?<=\d)\s*(?:GB-s|GB)/g, '')
    .replaceAll('10⁶', '1000000')
    .replaceAll(',', '');
  const product = (term: string) => term.split('×').reduce((value, factor) => value * Number(factor), 1);
  return flat.split(' + ').reduce((sum, term) => sum + product(term), 0);
}

/** What a cell says it comes to; one without arithmetic is the value itself. */
function amountOf(cell: string): number {
  const [arithmetic = '', value = arithmetic] = cell.split(' = ');
  if (cell.includes(' = ')) expect(resultOf(arithmetic).toFixed(2), cell).toBe(value);
  return Number(value.replaceAll('**', ''));
}

describe.each([
  ['a month, idle', 2],
  ['a million confirmed sagas of two SKUs that travel alone', 1],
])('what is said of %s', (head, columns) => {
  test('is calculated right, and adds up', () => {
    const rows = rowsOf(head);
    expect(rows.length).toBeGreaterThan(6);
    for (let column = 1; column <= columns; column += 1) {
      const amounts = rows.map((cells) => amountOf(cells[column] ?? ''));
      const sum = amounts.slice(0, -1).reduce((total, amount) => total + amount, 0);
      expect(Math.round(sum)).toBe(amounts.at(-1));
    }
  });
});
