import { describe, expect, test } from 'vitest';
import { FAILING, timeline } from './orders.ts';
import { problem, said } from './said.ts';

/** Goal: an operator acts, and is told what became of it. Method: the commands, with an API that answers as its document says. */
const headers = { location: '/orders', link: '</orders>; rel="monitor"' };
const order = { orderId: FAILING, status: 'CANCELLING', reason: { code: 'OPERATOR' } };
const DIGEST = '0123456789abcdef0123456789abcdef';
const [FIRST, SECOND] = [`${FAILING}:stock.reserved`, `${FAILING}:order.cancelling`];
const rest = { more: false, isWhole: true };

describe('nudge', () => {
  const nudged = { ...order, dryRun: false, says: ['order.cancelling'] };

  test('says what was said', async () => {
    const args = ['nudge', FAILING, '--reason', 'ticket 7'];
    const { lines, asked, exitCode } = await said(args, { answers: [{ body: nudged }] });
    expect(lines).toEqual([`${FAILING} has said order.cancelling; it is CANCELLING.`]);
    expect(asked).toMatchObject([
      { call: `POST /orders/${FAILING}/nudge`, body: { dryRun: false, reason: 'ticket 7' } },
    ]);
    expect(exitCode).toBe(0);
  });

  test('a dry run needs no reason', async () => {
    const body = { ...nudged, dryRun: true };
    const { lines, asked } = await said(['nudge', FAILING, '--dry-run'], { answers: [{ body }] });
    expect(lines).toEqual([`${FAILING} would say order.cancelling; it is CANCELLING.`]);
    expect(asked[0]?.body).toEqual({ dryRun: true });
  });

  test('what is left to the schedule is not done', async () => {
    const answers = [{ status: 202, body: { ...nudged, says: [] } }];
    const { lines, exitCode } = await said(['nudge', FAILING, '--reason', 'x'], { answers });
    expect(lines.join(' ')).toContain('The schedule does it later.');
    expect(exitCode).toBe(1);
  });
});

test('cancel says what the order is then', async () => {
  const args = ['cancel', FAILING, '--reason', 'ticket 7'];
  const { lines, asked, exitCode } = await said(args, { answers: [{ status: 202, headers, body: order }] });
  expect(lines).toEqual([`${FAILING} is CANCELLING.`]);
  expect(asked).toMatchObject([{ call: `POST /orders/${FAILING}/cancel`, body: { reason: 'ticket 7' } }]);
  expect(exitCode).toBe(0);
});

test('dead-letters lists them, each with its reason', async () => {
  const letter = { digest: DIGEST, reason: 'it is no event', attempts: 1, bytes: 9, body: '\u001b[2J' };
  const items = [
    { ...letter, messageId: FIRST, type: 'stock.reserved', orderId: FAILING, lastError: 'timeout' },
    letter,
  ];
  const pages = [
    { body: { items: [items[0]], more: true, cursor: 'c', isWhole: true } },
    { body: { items: [items[1]], ...rest } },
  ];
  const { text, asked, exitCode } = await said(['dead-letters', 'payment'], { answers: pages, columns: 200 });
  expect(text).toMatch(new RegExp(`${FIRST}  stock.reserved  ${FAILING}  1 +it is no event: timeout`));
  expect(text).toContain(DIGEST);
  expect(asked.map(({ call }) => call)).toEqual([
    'GET /dead-letters/payment?limit=100',
    'GET /dead-letters/payment?limit=100&cursor=c',
  ]);
  expect(exitCode).toBe(0);
});

test('dead letters that another call holds are missing, and the command fails', async () => {
  const item = { digest: DIGEST, reason: 'it is no event', attempts: 1, bytes: 9, body: '' };
  const answers = [
    { body: { items: [item], more: true, cursor: 'c', isWhole: false } },
    { body: { items: [item], ...rest } },
  ];
  const { lines, exitCode } = await said(['dead-letters', 'payment'], { answers });
  expect(lines.at(-1)).toBe('Another call holds some of them: ask again in a moment.');
  expect(exitCode).toBe(1);
});

describe('redrive', () => {
  const letter = { messageId: FIRST, digest: DIGEST, type: 'stock.reserved', orderId: FAILING };
  const moved = {
    ...letter,
    would: 'apply',
    status: 'CAPTURED',
    publishes: ['payment.captured'],
    moved: true,
  };
  const stays = { ...letter, messageId: SECOND, would: 'stay', reason: 'it is no event', moved: false };

  test('of all, page by page, says what moved, and fails if one stays', async () => {
    const answers = [
      { body: { dryRun: false, redriven: 1, items: [moved], more: true, cursor: 'c', isWhole: true } },
      { body: { dryRun: false, redriven: 0, items: [stays], ...rest } },
    ];
    const { lines, asked, exitCode } = await said(['redrive', 'payment', '--reason', 'fixed'], { answers });
    expect(lines.at(-1)).toBe('1 of 2 dead letters are redriven.');
    expect(lines.join('\n')).toContain('stay: it is no event');
    expect(asked.map(({ body }) => body)).toEqual([
      { dryRun: false, reason: 'fixed' },
      { dryRun: false, reason: 'fixed', cursor: 'c' },
    ]);
    expect(exitCode).toBe(1);
  });

  test('that is refused on the way says what has moved before', async () => {
    const answers = [
      { body: { dryRun: false, redriven: 1, items: [moved], more: true, cursor: 'c', isWhole: true } },
      problem(403, 'forbidden', 'This role may not do that', 'Only some may.'),
    ];
    const { lines, complaints, exitCode } = await said(['redrive', 'payment', '--reason', 'fixed'], {
      answers,
    });
    expect(lines).toContain('1 of 1 dead letters are redriven.');
    expect(complaints).toEqual(['This role may not do that: Only some may.']);
    expect(exitCode).toBe(1);
  });

  test('a dry run of named ones moves nothing', async () => {
    const body = { dryRun: true, redriven: 0, items: [{ ...moved, moved: false }], ...rest };
    const args = ['redrive', 'payment', FIRST, SECOND, '--dry-run'];
    const { lines, asked, exitCode } = await said(args, { answers: [{ body }] });
    expect(lines.at(-1)).toBe('1 of 1 dead letters would be redriven.');
    expect(asked[0]?.body).toEqual({ dryRun: true, messageIds: [FIRST, SECOND] });
    expect(exitCode).toBe(0);
  });
});

test('discard names each by its digest, and says which are gone', async () => {
  const items = [{ digest: DIGEST, reason: 'it is no event', discarded: true }];
  const args = ['discard', 'order', DIGEST, '--reason', 'nonsense'];
  const body = { dryRun: false, discarded: 1, items, ...rest };
  const { lines, asked, exitCode } = await said(args, { answers: [{ body }] });
  expect(lines.at(-1)).toBe('1 of 1 dead letters are discarded.');
  expect(asked[0]).toMatchObject({
    call: 'POST /dead-letters/order/discard',
    body: { dryRun: false, reason: 'nonsense', digests: [DIGEST] },
  });
  expect(exitCode).toBe(0);
});

describe('reconcile', () => {
  const report = {
    ...{ from: '2026-11-29T11:45:00.000Z', to: '2026-11-30T11:45:00.000Z', compared: 4, open: 1, stuck: 0 },
    ...{ disagreements: 0, information: 0, findings: [], isFinished: true },
  };

  test('goes on where a run has ended, in the same window', async () => {
    const cursor = { source: 'order', after: FAILING };
    const functions = [{ ...report, isFinished: false, cursor }, report];
    const { lines, invoked, exitCode } = await said(['reconcile'], { functions });
    expect(lines.join(' ')).toBe(
      `8 orders from ${report.from} to ${report.to} compared: 0 disagree, 0 are stuck, 2 are open.`,
    );
    expect(invoked).toEqual([
      [undefined, 'reconcile', {}],
      [undefined, 'reconcile', { from: report.from, to: report.to, cursor }],
    ]);
    expect(exitCode).toBe(0);
  });

  test('lists what disagrees, and fails', async () => {
    const finding = {
      ...{ kind: 'disagreement', code: 'AMOUNTS_DIFFER', orderId: FAILING, sentence: 'The sums differ.' },
      ...{ capturedMinor: 1, returnedMinor: 0, paymentIntentIds: ['pi_1'] },
    };
    const functions = [{ ...report, disagreements: 1, findings: [finding] }];
    const args = ['reconcile', '--from', '2026-11-28T00:00:00Z', '--stage', 'prod'];
    const { text, invoked, exitCode } = await said(args, { functions });
    expect(text).toContain(`${FAILING}  AMOUNTS_DIFFER  The sums differ.`);
    expect(invoked).toEqual([['prod', 'reconcile', { from: '2026-11-28T00:00:00Z' }]]);
    expect(exitCode).toBe(1);
  });
});

describe('--json', () => {
  const read = ({ text }: { readonly text: string }): unknown => JSON.parse(text);

  test('is the answer, one document', async () => {
    const shown = await said(['show', FAILING, '--json'], { answers: [{ body: timeline }] });
    expect(read(shown)).toEqual(timeline);
    const cancelled = await said(['--json', 'cancel', FAILING, '--reason', 'x'], {
      answers: [{ status: 202, headers, body: order }],
    });
    expect(read(cancelled)).toEqual(order);
    const erased = { forgotten: 2, open: 0, failed: 0, more: false };
    const functions = [erased];
    expect(read(await said(['erase', 'alice', '--reason', 'x', '--json'], { functions }))).toEqual(erased);
    expect(read(await said(['retain', '--json'], { functions }))).toEqual(erased);
  });

  test('of a refusal is the problem', async () => {
    const answer = problem(404, 'not-found', 'Not found', 'There is no order with this id.');
    const refused = await said(['show', FAILING, '--json'], { answers: [answer] });
    expect(read(refused)).toEqual(answer.body);
    expect(refused.exitCode).toBe(1);
  });
});
