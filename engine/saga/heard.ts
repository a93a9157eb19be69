import * as z from 'zod';
import type { AnyFact } from './declaration.ts';
import type { Saga } from './saga.ts';

/** The events that have come while others are missing, by type, each with the version of its data. */
export type Heard = Readonly<Record<string, { readonly version: number; readonly data: unknown }>>;

export const heardSchema: z.ZodType<Heard> = z.record(
  z.string(),
  z.object({ version: z.int(), data: z.record(z.string(), z.unknown()) }),
);

export const andHeard = (saga: Saga, before: Heard, { type, data }: AnyFact): Heard => ({
  ...before,
  [type]: { version: saga.versionOf(type), data },
});

/**
 * The data by type, in the latest version: an event that was heard before a deployment is upgraded.
 * @throws Error if its version cannot be read any more
 */
export const dataHeard = (saga: Saga, heard: Heard): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(heard).map(([type, each]) => [type, upgraded(saga, type, each)]));

function upgraded(saga: Saga, type: string, { version, data }: Heard[string]): unknown {
  if (version === saga.versionOf(type)) return data;
  const reading = saga.readFact(type, version, data);
  if (reading.kind === 'read') return reading.fact.data;
  throw new Error(`${type} was heard in version ${version}, which cannot be read any more: ${reading.kind}`);
}
