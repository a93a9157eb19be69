import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { fromItem, toItem } from '../../../engine/batch/record.ts';
import { forgetSagas } from '../../../engine/privacy/forget-sagas.ts';
import type { AnyRecord, AnyTable, Keeper } from '../../../engine/privacy/keepers.ts';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { externalStep } from '../../../engine/saga/external-step.ts';
import { CallerId, type SagaId } from '../../../engine/saga/ids.ts';
import { tripDeclaration } from '../../support/declared-sagas.ts';
import { placedTrip, trips } from '../../support/declared-trip.ts';
import { MemoryStore } from '../../support/memory-store.ts';

/**
 * Goal: a step that nobody undoes, and that its outside never decides on, does not keep a person's data for ever; and
 * nothing is forgotten that somebody still wants.
 */
const { 'car.cancelled': _, ...events } = tripDeclaration.events;
const saga = defineSaga({
  ...tripDeclaration,
  events: { ...events, 'car.waits': v1(z.object({ travellerId: CallerId, waitingFor: z.string() })) },
  participants: {
    ...tripDeclaration.participants,
    car: {
      consumes: ['trip.requested'],
      says: { 'car.booked': 'step', 'car.refused': 'failure', 'car.waits': 'wait' },
    },
    condolence: { consumes: ['trip.cancelled'], says: {} },
  },
});
const car = externalStep(saga, 'car', { asks: z.object({ days: z.int() }) });
const flight = externalStep(saga, 'flight', { asks: z.object({ days: z.int() }) });
const condolence = externalStep(saga, 'condolence', { asks: z.object({ code: z.string() }) });

const sagaId = 'trip_000000000000000000000001' as SagaId;
const owner = { travellerId: 'traveller-1' };
const asked = (status: string) => ({
  ...owner,
  status,
  days: 3,
  ...(status === 'AWAITING' ? { action: {} } : {}),
});
const ended = {
  CANCELLED: { ...placedTrip, status: 'CANCELLED', reason: { code: 'X' } },
  CONFIRMED: { ...placedTrip, status: 'CONFIRMED', seat: '12A', room: '7' },
};

function keeperOf(service: string, table: unknown, state: { readonly status: string }): Keeper {
  const known = table as AnyTable;
  const record: AnyRecord = {
    sagaId,
    version: 2,
    state,
    outbox: [],
    history: [],
    updatedAtMs: 1_000,
    format: 1,
  };
  return { service, table: known, store: new MemoryStore([toItem(known, record)]) };
}

async function stateOf({ table, store }: Keeper): Promise<object | undefined> {
  const item = (await store.read([sagaId])).get(sagaId);
  return item && fromItem(table, item).state;
}

async function forgetting(status: keyof typeof ended, other: Keeper) {
  const initiator = keeperOf('trip', trips, ended[status]);
  const items = [...(await initiator.store.read([sagaId])).values()];
  const keepers = { initiator, others: [other] };
  const ends = await forgetSagas({ saga, keepers, untilMs: 2_000, dryRun: false }, items);
  return { ends, left: await stateOf(other) };
}

describe('a step that is asked when its saga has ended', () => {
  // Fails where what is asked is under way whatever became of the saga: who is to be forgotten never is.
  test.each(['ASKING', 'AWAITING'])(
    'and that nobody undoes is forgotten as done for nobody: %s',
    async (status) => {
      const { ends, left } = await forgetting('CANCELLED', keeperOf('car', car.table, asked(status)));
      expect(ends).toEqual(['forgotten']);
      expect(left).toEqual({ status: 'VOID' });
    },
  );

  test.each([
    ['is wanted', 'CONFIRMED', keeperOf('car', car.table, asked('ASKING'))],
    ['is going to be undone', 'CANCELLED', keeperOf('flight', flight.table, asked('ASKING'))],
    [
      'tells of the end',
      'CANCELLED',
      keeperOf('condolence', condolence.table, { ...owner, status: 'ASKING', code: 'X' } as never),
    ],
  ] as const)('and that %s is under way', async (_what, status, keeper) => {
    const before = await stateOf(keeper);
    const { ends, left } = await forgetting(status, keeper);
    expect(ends).toEqual(['open']);
    expect(left).toEqual(before);
  });

  // Fails where a late answer is a fault: it would be a dead letter of somebody who is forgotten.
  test('hears of a late answer without a fault', () => {
    const late = { type: 'call.done', answer: { plate: 'X-1' } } as const;
    expect(car.decide({ status: 'VOID' }, late)).toEqual({
      kind: 'ignore',
      reason: 'nobody waits for it any more',
    });
    expect(flight.decide({ status: 'VOID' }, late)).toMatchObject({ kind: 'refuse' });
  });
});
