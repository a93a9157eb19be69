import * as z from 'zod';
import type { TableEdges } from '../../engine/batch/edges.ts';
import type { Participant } from '../../engine/batch/participant.ts';
import { writeAmongOthers } from '../../engine/batch/write-with-retries.ts';
import { endpoint } from '../../engine/http/endpoint.ts';
import { json } from '../../engine/http/http.ts';
import { role } from '../../engine/http/identity.ts';
import { jsonBody } from '../../engine/http/json-body.ts';
import { pathParameter } from '../../engine/http/path-parameter.ts';
import { OPERATOR } from '../../engine/http/role.ts';
import { liveFunctions } from '../../engine/live-functions.ts';
import { liveTable } from '../../engine/live-table.ts';
import { ignore, refuse, repeat } from '../../engine/saga/decision.ts';
import { CallerId } from '../../engine/saga/ids.ts';
import { Name, saga } from './saga.ts';

/** What a booking takes from the seats or rooms that are left, or gives back. The store keeps them from going below 0. */
const Change = z.object({ key: z.string(), attribute: z.literal('left'), delta: z.int() });
const status = z.enum(['BOOKED', 'REFUSED', 'RELEASED']);
const Booking = z.object({ travellerId: CallerId, status, changes: z.array(Change).readonly() });
type Booking = Readonly<z.infer<typeof Booking>>;
type Fact = Parameters<typeof saga.isFailure>[0];
const keyOf = (name: string): string => `LEFT#${name}`;

/** A place of a flight or hotel for each of the people. A failure releases them, or leaves a tombstone before the step. */
export function places(service: 'flight' | 'hotel'): Participant<Booking, Fact, never> {
  const become = (state: Booking, data = {}) => {
    const says = [{ type: `${service}.${state.status.toLowerCase()}`, data }];
    return { kind: 'accept', state, says, adjusts: state.changes } as const;
  };
  return {
    saga,
    service,
    opens: 'trip.placed',
    table: { saga, key: (tripId) => tripId, schema: Booking },
    reads: (fact) => (fact.type === 'trip.placed' ? [keyOf(fact.data[service])] : []),
    decide: (booking, fact, items) => {
      if (fact.type === 'trip.placed') {
        if (booking !== undefined) return repeat;
        const { travellerId, people, [service]: name } = fact.data;
        const change = { key: keyOf(name), attribute: 'left', delta: -people } as const;
        if (Number(items(change.key)?.left ?? 0) >= people)
          return become({ travellerId, status: 'BOOKED', changes: [change] });
        const data = { travellerId, code: `${service.toUpperCase()}_FULL` };
        return become({ travellerId, status: 'REFUSED', changes: [] }, data);
      }
      if (!saga.isFailure(fact)) return refuse(`${fact.type} is not for ${service}`);
      if (!saga.compensatorsOf(fact.type).includes(service)) return ignore('there is nothing to release');
      // Two that refuse side by side would otherwise answer each other for ever.
      if (booking?.status === 'REFUSED' && fact.type !== 'trip.cancelling') return ignore('it is refused');
      if (booking !== undefined && booking.status !== 'BOOKED') return repeat;
      const changes = (booking?.changes ?? []).map((each) => ({ ...each, delta: -each.delta }));
      return become({ travellerId: fact.data.travellerId, status: 'RELEASED', changes });
    },
  };
}

const Left = z.strictObject({ left: z.int().min(0).max(1_000) });
const checks = [role(saga, OPERATOR), pathParameter('name', Name), jsonBody(Left)] as const;

/** PUT /flights/{name} · PUT /hotels/{name}: what is left now, besides what is held for trips. */
export const putPlaces = (edges: TableEdges) =>
  endpoint(saga, checks, async ({ parameter: name, body: { left } }) => {
    const item = { pk: keyOf(name), left };
    await writeAmongOthers(edges.store, [{ kind: 'put', item, expects: 'anything' }]);
    return json(200, { left });
  });

export function functionsOf(participant: ReturnType<typeof places>) {
  return { ...liveFunctions(participant), put: putPlaces(liveTable(participant)) };
}
