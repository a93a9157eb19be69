import * as z from 'zod';
import type { AnyFact } from './declaration.ts';
import { personal } from './personal-data.ts';
import type { Saga } from './saga.ts';

/** The events that have come while others are missing, by type, each with the version of its data. */
export type Heard = Readonly<Record<string, { readonly version: number; readonly data: unknown }>>;

export const heardSchema: z.ZodType<Heard> = z
  .record(z.string(), z.object({ version: z.int(), data: z.record(z.string(), z.unknown()) }))
  .meta(personal);

export const andHeard = (saga: Saga, before: Heard, { type, data }: AnyFact): Heard => ({
  ...before,
  [type]: { version: saga.versionOf(type), data },
});

/**
 * An event's data in the latest version: an event that was heard before a deployment is upgraded.
 * @throws Error if its version cannot be read any more
 */
export function dataHeard(saga: Saga, heard: Heard, type: string): unknown {
  const { version = 0, data } = heard[type] ?? {};
  if (version === saga.versionOf(type)) return data;
  const reading = saga.readFact(type, version, data);
  if (reading.kind === 'read') return reading.fact.data;
  throw new Error(`${type} was heard in version ${version}, which cannot be read any more: ${reading.kind}`);
}
