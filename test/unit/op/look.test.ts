import { describe, expect, test } from 'vitest';
import { isStuck } from '../../../infra/op/text/standing.ts';
import { widthOf } from '../../../infra/op/text/terminal.ts';
import { counts, FAILING, open, QUICK, timeline, WAITING } from './orders.ts';
import { problem, said } from './said.ts';

/** Goal: whoever is on call sees what is stuck, and why. Method: the commands, with an API that answers as its document says. */
describe('sagas', () => {
  test('counts, and lists the open ones with age, place and reason', async () => {
    const { lines, exitCode, asked } = await said(['sagas'], {
      answers: [{ body: counts }, { body: open }],
      columns: 120,
    });
    expect(lines).toEqual([
      '3 open, the oldest for 12 min.',
      'status      0s–1m  1m–10m  10m–1h',
      '──────────  ─────  ──────  ──────',
      'PENDING     1      0       1',
      'CANCELLING  0      1       0',
      '',
      'order                         status      age     at         why',
      '────────────────────────────  ──────────  ──────  ─────────  ───────────────────────────────────────────────────────────',
      `${WAITING}  PENDING     12 min  payment    waits for the customer`,
      `${FAILING}  CANCELLING  2 min   payment    payment: ProviderError: StripeConnectionError (at`,
      '                                                             order.cancelling, 3 attempts, next try in 20 s)',
      `${QUICK}  PENDING     1 s     inventory  inventory has yet to hear order.placed`,
    ]);
    expect(exitCode).toBe(0);
    expect(asked.map(({ call, token }) => [call, token])).toEqual([
      ['GET /sagas/counts', 'Bearer olga'],
      ['GET /sagas?limit=100', 'Bearer olga'],
    ]);
  });

  test('--stuck leaves out those that are under way', async () => {
    const { text } = await said(['sagas', '--stuck'], { answers: [{ body: counts }, { body: open }] });
    expect(text).toContain(WAITING);
    expect(text).toContain(FAILING);
    expect(text).not.toContain(QUICK);
  });

  test.each([
    [{}, false],
    [{ waitingFor: 'customer' }, true],
    [{ lastError: 'its record cannot be read' }, true],
    [{ troubles: [{ service: 'payment', lastError: 'timeout' }] }, true],
    [{ ageSeconds: 59 }, false],
    [{ ageSeconds: 60 }, true],
  ])('a new order with %j is stuck: %s', (more, expected) => {
    expect(isStuck({ orderId: QUICK, status: 'PENDING', ageSeconds: 1, ...more })).toBe(expected);
  });

  test('what is asked for goes to the API', async () => {
    const args = [
      'sagas',
      '--status',
      'PENDING',
      '--older-than',
      '15m',
      '--service',
      'payment',
      '--limit',
      '7',
    ];
    const { lines, asked } = await said(args, { answers: [{ body: counts }, { body: { items: [] } }] });
    expect(asked[1]?.call).toBe('GET /sagas?status=PENDING&olderThan=15m&service=payment&limit=7');
    expect(lines.at(-1)).toBe('There is no order of these.');
  });

  test('pages are read until there are enough', async () => {
    const [first, second] = [{ items: open.items.slice(0, 2), cursor: 'c1' }, { items: open.items.slice(2) }];
    const both = await said(['sagas'], { answers: [{ body: counts }, { body: first }, { body: second }] });
    expect(both.text).toContain(QUICK);
    expect(both.asked[2]?.call).toBe('GET /sagas?cursor=c1&limit=100');
    const one = await said(['sagas', '--limit', '1'], { answers: [{ body: counts }, { body: first }] });
    expect(one.text).not.toContain(FAILING);
    expect(one.lines.at(-1)).toBe('There are perhaps more: ask with a larger --limit.');
  });

  test('a page that fails ends the list, which is shown, and the command fails', async () => {
    const first = { items: open.items.slice(0, 1), cursor: 'c1' };
    const busy = {
      ...problem(503, 'unavailable', 'Try again in a moment', 'The table is silent.'),
      headers: { 'retry-after': '2' },
    };
    const { text, complaints, exitCode } = await said(['sagas'], {
      answers: [{ body: counts }, { body: first }, busy],
    });
    expect(text).toContain(WAITING);
    expect(complaints).toEqual(['Try again in a moment: The table is silent.']);
    expect(exitCode).toBe(1);
  });

  test('nothing is open', async () => {
    const none = { at: counts.at, total: 0, counts: [], isWhole: true };
    const { lines } = await said(['sagas', '--stuck'], {
      answers: [{ body: none }, { body: { items: [] } }],
    });
    expect(lines).toEqual(['0 open.', '', 'There is no stuck order.']);
  });
});

describe('show', () => {
  test('says where an order is, why, and all that happened', async () => {
    const { lines, asked } = await said(['show', FAILING], { answers: [{ body: timeline }], columns: 100 });
    expect(asked.map(({ call }) => call)).toEqual([`GET /orders/${FAILING}/timeline`]);
    expect(lines).toEqual([
      `order       ${FAILING}`,
      'status      CANCELLING, CUSTOMER',
      'stands at   payment has to say payment.voided, payment.refunded',
      'placed      2026-11-30T11:58:00.000Z (2 min ago)',
      'changed     2026-11-30T11:58:10.000Z (110 s ago)',
      'next nudge  2026-11-30T12:00:10.000Z (in 10 s)',
      '',
      'service    status      since                     what holds it up',
      '─────────  ──────────  ────────────────────────  ───────────────────────────────────────────────────',
      'order      CANCELLING  2026-11-30T11:58:10.000Z',
      'inventory  RELEASED    2026-11-30T11:58:10.200Z',
      'payment    CHARGING    2026-11-30T11:58:00.400Z  ProviderError: StripeConnectionError (at',
      '                                                 order.cancelling, 3 attempts, next try in 20 s)',
      '',
      'time (UTC)    service    status      because of',
      '────────────  ─────────  ──────────  ───────────────────────────────────────────────────────────────',
      '11:58:00.000  order      PENDING     POST /orders',
      '11:58:00.200  inventory  RESERVED    order.placed',
      '11:58:00.400  payment    CHARGING    stock.reserved',
      '11:58:10.000  order      CANCELLING  cancelled',
      '11:58:10.200  inventory  RELEASED    order.cancelling',
      '11:59:50.000  payment    CHARGING    order.cancelling, which failed: ProviderError:',
      '                                     StripeConnectionError',
    ]);
  });

  test.each([
    [['show', 'pi_1'], 'GET /lookup?id=pi_1'],
    [['show', 'key 7', '--customer', 'alice'], 'GET /lookup?idempotencyKey=key+7&customerId=alice'],
  ])('%j finds the order first', async (args, lookup) => {
    const found = {
      ...{ orderId: FAILING, status: 'CANCELLING', foundBy: 'id of the payment intent' },
      timeline: `/orders/${FAILING}/timeline`,
    };
    const { asked, exitCode } = await said(args, { answers: [{ body: found }, { body: timeline }] });
    expect(asked.map(({ call }) => call)).toEqual([lookup, `GET /orders/${FAILING}/timeline`]);
    expect(exitCode).toBe(0);
  });

  test('names a person who has to act, a dead letter, and what is yet to hear', async () => {
    const stuck = {
      ...timeline,
      waitingFor: 'person',
      waitsOn: [{ service: 'inventory', toHear: ['order.placed'] }],
      participants: [
        { service: 'payment', status: 'REFUNDING', waitingFor: 'person', reason: 'charge_disputed' },
        {
          service: 'inventory',
          lastError: 'UnknownSku',
          cause: 'order.placed',
          attempts: 1,
          isDeadLetter: true,
        },
      ],
    };
    const { text } = await said(['show', FAILING], { answers: [{ body: stuck }], columns: 120 });
    expect(text).toContain('inventory has yet to hear order.placed');
    expect(text).toContain('waits for the person: charge_disputed');
    expect(text).toContain('UnknownSku (at order.placed, 1 attempt, a dead letter: redrive it)');
    expect(text).toContain('has heard nothing');
  });

  test.each([1, 12, 20, 40, 60, 80, 132])('fits a terminal of %i columns', async (columns) => {
    const shown = await said(['show', FAILING], { answers: [{ body: timeline }], columns });
    const listed = await said(['sagas'], { answers: [{ body: counts }, { body: open }], columns });
    for (const line of [...shown.lines, ...listed.lines]) expect(widthOf(line)).toBeLessThanOrEqual(columns);
    const squeezed = (lines: readonly string[]) => lines.join('').replaceAll(/\s/g, '');
    // Nothing is cut off.
    for (const part of [FAILING, '3attempts', 'payment.refunded'])
      expect(squeezed(shown.lines)).toContain(part);
  });

  test('an id stays whole in 80 columns', async () => {
    const { text } = await said(['sagas'], { answers: [{ body: counts }, { body: open }] });
    expect(text).toContain(`${WAITING}  PENDING`);
  });
});
