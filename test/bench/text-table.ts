export type Row = readonly (string | number)[];

const indent = '  ';

/** Columns as wide as what is in them: the first to the left, the others to the right unless told otherwise. */
export function textTable(rows: readonly Row[], align: 'left' | 'right' = 'left'): string {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => String(row[column] ?? '').length)),
  );
  const line = (row: Row) =>
    row
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return column > 0 && align === 'right' ? String(cell).padStart(width) : String(cell).padEnd(width);
      })
      .join(indent);
  return rows.map((row) => `${indent}${line(row)}`.trimEnd()).join('\n');
}

export const section = (title: string, ...parts: readonly string[]): string => [title, ...parts].join('\n');
