import * as z from 'zod';
import type { EventDefinitions } from './declaration.ts';
import type { ExternalState, ExternalUse } from './external-state.ts';
import { heardSchema } from './heard.ts';
import { CallerId } from './ids.ts';
import { personal } from './personal-data.ts';
import type { Saga } from './saga.ts';

/** The schema of an external step's record in each status, made of the schemas of its request and its events. */
export function externalSchema(
  saga: Saga & { readonly events: EventDefinitions },
  { service, asks, prepares, keeps, voided, resolved, action, observes, names }: ExternalUse,
): z.ZodType<ExternalState> {
  const { says } = saga.partOf(service);
  const shapeIn = (type: string | undefined): z.ZodRawShape => {
    const schema = type === undefined ? undefined : saga.events[type]?.schema;
    return schema instanceof z.ZodObject ? schema.shape : {};
  };
  const shapeOf = (kind: string): z.ZodRawShape =>
    shapeIn(Object.keys(says).find((each) => says[each] === kind && each !== voided && each !== resolved));
  const owner = CallerId.meta(personal);
  const owned = { [saga.owner]: owner };
  const { [saga.owner]: _, ...withoutOwner } = shapeOf('failure');
  const request: z.ZodRawShape = { ...asks.shape, ...prepares?.shape };
  // What a step has come to keep is not in older records.
  const kept = Object.fromEntries(keeps.map((name) => [name, z.optional(request[name] ?? z.unknown())]));
  const of = (statuses: readonly string[], shape: z.ZodRawShape, first = { ...owned, ...kept }) =>
    z.object({ ...first, status: z.enum(statuses as [string, ...string[]]), ...shape, ...first });
  const refusal = z.object(withoutOwner).optional();
  const heldShape = z.object({ ...shapeOf('step'), ...shapeOf('compensation') }).partial();
  return z.discriminatedUnion('status', [
    of([names.asking, names.abandoning], request, owned),
    of([names.done], { ...shapeOf('step'), observed: (observes ?? z.object({})).optional() }),
    of([names.undoing], {
      // What was undone may be held again.
      ...heldShape.shape,
      ...shapeOf('step'),
      refusal,
      impasse: z.object(shapeOf('impasse')).optional(),
    }),
    of([names.undone], { ...shapeOf('step'), ...shapeOf('compensation') }),
    of([names.refused], { ...shapeOf('failure'), revoked: heldShape.optional() }),
    of([names.void], {}, owned),
    of([names.waiting], { heard: heardSchema }, { [saga.owner]: owner.optional() }),
    ...(Object.values(says).includes('wait')
      ? [of([names.awaiting], { ...request, action: action ?? z.object({}) }, owned)]
      : []),
    ...(resolved === undefined
      ? []
      : [of([names.resolved], { ...heldShape.shape, ...shapeOf('step'), ...shapeIn(resolved), refusal })]),
  ]);
}
