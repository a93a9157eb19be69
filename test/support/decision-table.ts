import { expect } from 'vitest';
import * as z from 'zod';
import type { Decision } from '../../engine/saga/decision.ts';
import type { Table } from '../../engine/saga/table.ts';

export interface Cell {
  readonly row: string;
  readonly column: string;
  readonly says: string;
}

/** Reads tables drawn with `|`. The first row names the columns, the first column names the rows. */
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

/** The combinations without a cell, or with more than one. */
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
 * A decision as a cell writes it: `STATE » events ⇒ call (counter-taken)`, or the kind of decision if nothing is
 * written. Without `»` the record keeps its outbox; `» (nothing)` empties it.
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
    case 'defer':
    case 'refuse':
      // The reason is all that a person finds beside a dead letter.
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

/** Every status of a stored state. A table must be complete for all of them. */
export const statusesOf = (schema: z.ZodType): readonly string[] =>
  Variants.parse(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' })).oneOf.flatMap(
    ({ properties }) => properties.status,
  );

/** Every state that is accepted can be stored as it is, and every event that is said can be read. */
export function expectUsable<State>(
  cells: readonly Cell[],
  decisionOf: (row: string, column: string) => Decision<State, unknown>,
  { saga, schema }: Pick<Table<State>, 'saga' | 'schema'>,
): void {
  for (const { row, column } of cells) {
    const decision = decisionOf(row, column);
    if (decision.kind !== 'accept') continue;
    expect(schema.parse(decision.state)).toEqual(decision.state);
    for (const { type, data } of decision.says ?? [])
      expect(saga.readFact(type, saga.versionOf(type), data)).toEqual({ kind: 'read', fact: { type, data } });
  }
}
