import fc from 'fast-check';
import { expect, test } from 'vitest';
import { run } from '../../../engine/batch/run.ts';
import type { HttpFunction } from '../../../engine/http/http.ts';
import { listing, reading } from '../../../engine/initiator/read.ts';
import type { Command } from '../../../engine/saga/initiator.ts';
import type { Placed } from '../../../functions/order/decide.ts';
import { order } from '../../../functions/order/order.ts';
import { type Fact, shop } from '../../../functions/shop.ts';
import { type Scene, scene } from '../../support/engine-runs.ts';
import { customerId, facts, items, orderIdOf, paymentMethod } from '../../support/facts.ts';
import { httpEvent } from '../../support/http-event.ts';

/** Goal: whoever reads an order sees whom it waits for, and only as long as it does. */
const sagaId = orderIdOf(1);
const placed: Placed = { customerId, items, paymentMethod, fingerprint: 'f', createdAtMs: 0 };
const place = { type: 'place', placed } as const;
const cancel = { type: 'cancel', by: 'CUSTOMER' } as const;

type Input = Command<Placed> | Fact;

const give = ({ edges }: Scene, ...inputs: readonly Input[]) =>
  run(
    order,
    inputs.map((input) => ({ sagaId, input })),
    edges,
  );

async function bodyOf(read: HttpFunction) {
  const authorizer = { principalId: customerId, role: 'customer' };
  const { statusCode, body } = await read(httpEvent({ authorizer, path: { orderId: sagaId } }), {} as never);
  expect(statusCode).toBe(200);
  return JSON.parse(body);
}

/** The status and whom it waits for, as the order says it; the list has to say the same. */
async function shown({ edges }: Scene): Promise<readonly unknown[]> {
  const one = await bodyOf(reading(order, edges));
  const { items: all } = await bodyOf(listing(order, edges));
  expect(all).toEqual([one]);
  return [one.status, ...('waitingFor' in one ? [one.waitingFor] : [])];
}

const challenged = facts['payment.challenged'];
const unrefundable = facts['payment.unrefundable'];
const stuck = [cancel, unrefundable] as const;

/** What participants that were added say: the order reads no more than its type. */
const others = (types: readonly string[]): readonly Input[] =>
  types.filter((type) => !(type in facts)).map((type) => ({ type, data: {} }) as unknown as Fact);
const paid = [facts['payment.captured'], ...others(shop.completes)];
const settled = [
  ...[facts['payment.resolved'], facts['stock.released']],
  ...others(shop.eventTypes.filter((type) => shop.kindOf(type) === 'compensation')),
];

test.each<[what: string, inputs: readonly Input[], shown: readonly unknown[]]>([
  ['nobody, as nobody has said so', [], ['PENDING']],
  ['the customer, whose bank wants to see the customer', [challenged], ['PENDING', 'customer']],
  ['nobody once it is paid', [challenged, ...paid], ['CONFIRMED']],
  ['nobody once it is declined', [challenged, facts['payment.declined']], ['CANCELLING']],
  ['nobody once the customer has cancelled', [challenged, cancel], ['CANCELLING']],
  ['a person, who has to give the money back', stuck, ['CANCELLING', 'person']],
  ['a person, also after a challenge', [challenged, ...stuck], ['CANCELLING', 'person']],
  ['a person, while others answer', [...stuck, facts['stock.released']], ['CANCELLING', 'person']],
  ['nobody once it was given back after all', [...stuck, facts['payment.refunded']], ['CANCELLING']],
  ['nobody once a person has settled it', [...stuck, facts['payment.resolved']], ['CANCELLING']],
  ['nobody once it has ended', [...stuck, ...settled], ['CANCELLED']],
  // Fails where a late word counts: the order waits for somebody who has acted.
  ['nobody if the wait comes late', [cancel, challenged], ['CANCELLING']],
  ['nobody if it comes after the answer', [cancel, facts['payment.resolved'], unrefundable], ['CANCELLING']],
])('an order waits for %s', async (_, inputs, expected) => {
  const here = scene();
  await give(here, place, ...inputs);
  expect(await shown(here)).toEqual(expected);
});

test('whatever comes and in whatever order, nobody is waited for whose payment is over', async () => {
  const later = fc.constantFrom<Input>(
    ...[challenged, unrefundable, cancel, facts['payment.captured'], facts['payment.declined']],
    ...[
      facts['payment.refunded'],
      facts['payment.resolved'],
      facts['payment.voided'],
      facts['stock.released'],
    ],
  );
  await fc.assert(
    fc.asyncProperty(fc.array(later, { maxLength: 8 }), async (inputs) => {
      const here = scene();
      await give(here, place, ...inputs);
      const [status, whom] = await shown(here);
      if (whom === undefined) return;
      expect(['PENDING', 'CANCELLING']).toContain(status);
      const said = inputs.map(({ type }) => type);
      expect(said).toContain(whom === 'customer' ? 'payment.challenged' : 'payment.unrefundable');
      const ends = ['payment.declined', 'payment.voided', 'payment.refunded', 'payment.resolved'];
      expect(said.filter((type) => ends.includes(type))).toEqual([]);
    }),
  );
});
