import { expect, test } from 'vitest';
import { externalParticipant } from '../../../engine/batch/outside.ts';
import type { Call } from '../../../engine/saga/external-state.ts';
import type { SagaId } from '../../../engine/saga/ids.ts';
import { charging } from '../../../functions/payment/decide.ts';
import { observe, prepare } from '../../support/prepared.ts';

/** Goal: an outside hears whether anybody still wants what it is asked for. Method: one that remembers what it heard. */
test('an outside is told whether it may have been asked before, and whether it is still wanted', async () => {
  const heard: unknown[] = [];
  const participant = externalParticipant(charging, {
    prepare,
    call: (_, __, again, unwanted) => {
      heard.push({ again, unwanted });
      return Promise.resolve({ done: { paymentIntentId: 'pi_1' } });
    },
    undo: () => Promise.reject(new Error('nothing is to be undone')),
    observe,
  });
  const calls: readonly Call[] = [
    { call: 'ask', request: {}, again: false },
    { call: 'ask', request: {}, again: true, unwanted: true },
  ];
  for (const call of calls) await participant.perform?.('ord_1' as SagaId, call);
  expect(heard).toEqual([
    { again: false, unwanted: false },
    { again: true, unwanted: true },
  ]);
});
