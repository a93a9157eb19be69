import * as z from 'zod';
import type { EventDefinitions } from './declaration.ts';
import type { ExternalState, ExternalUse } from './external-decision.ts';
import { heardSchema } from './heard.ts';
import { CallerId } from './ids.ts';
import type { Saga } from './saga.ts';

/** The schema of an external step's record in each status, made of the schemas of its request and its events. */
export function externalSchema(
  saga: Saga & { readonly events: EventDefinitions },
  { service, asks, prepares, keeps, voided, names }: ExternalUse,
): z.ZodType<ExternalState> {
  const { says } = saga.partOf(service);
  const shapeOf = (kind: string): z.ZodRawShape => {
    const type = Object.keys(says).find((each) => says[each] === kind && each !== voided);
    const schema = type === undefined ? undefined : saga.events[type]?.schema;
    return schema instanceof z.ZodObject ? schema.shape : {};
  };
  const owned = { [saga.owner]: CallerId };
  const { [saga.owner]: _, ...withoutOwner } = shapeOf('failure');
  const request: z.ZodRawShape = { ...asks.shape, ...prepares?.shape };
  const kept = Object.fromEntries(keeps.map((name) => [name, request[name] ?? z.unknown()]));
  const of = (statuses: readonly string[], shape: z.ZodRawShape, first = { ...owned, ...kept }) =>
    z.object({ ...first, status: z.enum(statuses as [string, ...string[]]), ...shape });
  return z.discriminatedUnion('status', [
    of([names.asking, names.abandoning], request),
    of([names.done], shapeOf('step')),
    of([names.undoing], { ...shapeOf('step'), refusal: z.object(withoutOwner).optional() }),
    of([names.undone], { ...shapeOf('step'), ...shapeOf('compensation') }),
    of([names.refused], shapeOf('failure')),
    of([names.void], {}, owned),
    of([names.waiting], { heard: heardSchema }, { [saga.owner]: CallerId.optional() }),
  ]);
}
