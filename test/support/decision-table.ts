import * as z from 'zod';
import type { Decision } from '../../engine/saga/decision.ts';

export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly says: string;
}

/** Reads tables that are drawn with `|`: the first row names the columns, the first column names the rows. */
export function cellsOf(...tables: readonly string[]): readonly Cell[] {
  return tables.flatMap((table) => {
    const [header = [], ...rows] = table
      .split('\n')
      .filter((drawn) => drawn.includes('|'))
      .map((drawn) => drawn.split('|').map((cell) => cell.trim()));
    return rows.flatMap(([row = '', ...cells]) =>
      cells.map((says, index) => ({ row, column: header[index + 1] ?? '', says })),
    );
  });
}

/** The combinations that no cell answers, or more than one does. */
export function gapsIn(
  cells: readonly Cell[],
  rows: readonly string[],
  columns: readonly string[],
): string[] {
  const wanted = rows.flatMap((row) => columns.map((column) => `${row} when ${column}`));
  const drawn = cells.map(({ row, column }) => `${row} when ${column}`);
  return [
    ...wanted.filter((each) => !drawn.includes(each)).map((each) => `not in the table: ${each}`),
    ...drawn.filter((each) => !wanted.includes(each)).map((each) => `of nothing we know: ${each}`),
    ...drawn.filter((each, index) => drawn.indexOf(each) !== index).map((each) => `twice: ${each}`),
  ];
}

/**
 * A decision in a cell's words: `STATE » what it says ⇒ the call that follows (counter-taken)`, or the kind of
 * decision when nothing is written. A state that says nothing new is a state alone; `» (nothing)` unsays.
 */
export function inWords<State, Effect extends { readonly call: string } = never>(
  decision: Decision<State, Effect>,
  nameOf: (state: State) => string,
): string {
  switch (decision.kind) {
    case 'accept': {
      const { state, says, effect, adjusts = [] } = decision;
      const changes = adjusts.map(
        ({ key, attribute, delta }) =>
          `${key.replace('SKU#', '')}${attribute === 'available' ? '' : `.${attribute}`}${delta < 0 ? '' : '+'}${delta}`,
      );
      return [
        nameOf(state),
        ...(says === undefined || effect !== undefined
          ? []
          : ['»', says.map(({ type }) => type).join() || '(nothing)']),
        ...(effect === undefined ? [] : ['⇒', effect.call]),
        ...(changes.length === 0 ? [] : [`(${changes.join(' ')})`]),
      ].join(' ');
    }
    case 'resume':
      return `resume ${decision.effect.call}`;
    case 'repeat':
      return decision.kind;
    case 'ignore':
    case 'refuse':
      // It is all that a person finds beside a dead letter.
      return decision.reason === '' ? `${decision.kind} without a reason` : decision.kind;
    default:
      return decision satisfies never;
  }
}

const StatusEnum = z.union([
  z.object({ const: z.string() }).transform((status) => [status.const]),
  z.object({ enum: z.array(z.string()) }).transform((statuses) => statuses.enum),
]);
const Variants = z.object({ oneOf: z.array(z.object({ properties: z.object({ status: StatusEnum }) })) });

/** Every status a stored state can have: the list that a table has to be complete against. */
export const statusesOf = (schema: z.ZodType): readonly string[] =>
  Variants.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).oneOf.flatMap(
    ({ properties }) => properties.status,
  );
