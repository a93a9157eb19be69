import { plain, widthOf, wrap } from './terminal.ts';

export type Row = readonly string[];

/** A column keeps words of this width whole: an id is one, to be copied. */
const WORD = 28;
const GAP = '  ';

/** Rows under a head, no wider than the terminal: cells are wrapped. Where the columns do not fit, each row is a paragraph. */
export function table(head: Row, rows: readonly Row[], columns: number): readonly string[] {
  const shown = head.map((_, column) => rows.some((row) => (row[column] ?? '') !== ''));
  const kept = (row: Row) => row.filter((_, column) => shown[column]).map(plain);
  const cells = [kept(head), ...rows.map(kept)];
  const widths = widthsIn(cells, columns);
  if (widths === undefined) return paragraphs(kept(head), rows.map(kept), columns);
  const [first = [], ...others] = cells.map((row) => linesOf(row, widths));
  return [...first, widths.map((width) => '─'.repeat(width)).join(GAP), ...others.flat()];
}

/** Names and what is to be said of each, side by side, or below each other where that does not fit. */
export function fields(rows: readonly (readonly [name: string, text: string])[], columns: number): Row {
  const said = rows.filter(([, text]) => text !== '').map((row) => row.map(plain));
  const widths = widthsIn(said, columns);
  return said.flatMap((row) => (widths === undefined ? wrap(row.join(': '), columns) : linesOf(row, widths)));
}

/** As wide as their cells, the widest first made narrower until all fit. Undefined if words would have to be broken. */
function widthsIn(rows: readonly Row[], columns: number): readonly number[] | undefined {
  const most = (widthIn: (cell: string) => number) =>
    (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => widthIn(row[column] ?? ''))));
  const widths = most(widthOf);
  const least = most((cell) => Math.min(WORD, Math.max(...cell.split(' ').map(widthOf))));
  const total = () => widths.reduce((sum, width) => sum + width, 0) + GAP.length * (widths.length - 1);
  while (total() > columns) {
    const slack = widths.map((width, column) => (width > (least[column] ?? 0) ? width : 0));
    const widest = slack.indexOf(Math.max(...slack));
    if (!slack[widest]) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function linesOf(row: Row, widths: readonly number[]): readonly string[] {
  const cells = row.map((cell, column) => wrap(cell, widths[column] ?? 0));
  const padded = (text: string, width: number) => text + ' '.repeat(Math.max(0, width - widthOf(text)));
  return Array.from({ length: Math.max(...cells.map(({ length }) => length)) }, (_, line) =>
    cells
      .map((cell, column) => padded(cell[line] ?? '', widths[column] ?? 0))
      .join(GAP)
      .trimEnd(),
  );
}

const paragraphs = (head: Row, rows: readonly Row[], columns: number): readonly string[] =>
  rows.flatMap((row, index) => [
    ...(index === 0 ? [] : ['']),
    ...row.flatMap((cell, column) => (cell === '' ? [] : wrap(`${head[column]}: ${cell}`, columns))),
  ]);
