import { describe, expect, test, vi } from 'vitest';
import type { Timeline } from '../../../api/calls.ts';
import { type Acts, type Diagram, diagramOf } from '../../../console/diagram/diagram.ts';
import { drawingOf, linesOf } from '../../../console/diagram/layout.ts';
import { mermaidOf } from '../../../console/diagram/mermaid.ts';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';
import { choreographyOf } from '../../../infra/local/console/bundle.ts';
import { BEGIN_MS, DEADLINE_MS, olga, ShopInMemory } from '../../support/shop-in-memory.ts';
import { unanswered } from '../../support/simulated-stripe.ts';
import { threeServices } from '../../support/three-services.ts';

/**
 * Goal: the picture of a saga shows what happened, who said it, and why something changed nothing. Method: the real participants in
 * memory, and their real timeline.
 */
const choreography = choreographyOf(threeServices);

async function timelineIn(here: ShopInMemory, orderId: string): Promise<Timeline> {
  const reader = timelineReader(threeServices, here.views, {
    now: () => here.nowMs,
    deadlineMs: () => DEADLINE_MS,
  });
  return (await here.call(reader, olga, { path: { orderId } })).body;
}

/** `payment → order payment.declined: CANCELLING` */
const told = ({ steps }: Diagram): readonly string[] =>
  steps.map(
    ({ from, to, label, kind, status, why }) =>
      `${from} → ${to} ${label}: ${kind === 'moved' ? status : `${kind}, ${why}`}`,
  );

/** The clock stands still in memory, so what happens at once has no sequence here. */
const draw = async (here: ShopInMemory, orderId: string, acts: Acts = []): Promise<Diagram> =>
  diagramOf(await timelineIn(here, orderId), acts, choreography);

describe('the diagram of a saga', () => {
  test('has an arrow for each status: from whoever said its cause, the caller, or the outside', async () => {
    const here = new ShopInMemory();
    const diagram = await draw(here, await here.place('pm_card_chargeDeclined'));
    expect(diagram.lanes).toEqual(['caller', 'order', 'inventory', 'payment', 'outside']);
    expect(told(diagram).toSorted()).toEqual(
      [
        'caller → order place: PENDING',
        'order → inventory order.placed: RESERVED',
        'outside → payment intent.created: CHARGING',
        'outside → payment charge.declined: DECLINED',
        'payment → order payment.declined: CANCELLING',
        'payment → inventory payment.declined: RELEASED',
        'inventory → order stock.released: CANCELLED',
      ].toSorted(),
    );
  });

  test('says of what could not be handled why, and what the saga still waits for', async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const here = new ShopInMemory();
    here.stripe.before = unanswered;
    const orderId = await here.place();
    const failing = 'failed: ProviderError: StripeConnectionError';
    const awaited = 'inventory → payment stock.reserved: awaited, payment has yet to hear it';
    expect(told(await draw(here, orderId)).slice(-2)).toEqual([
      `inventory → payment stock.reserved: failed, ${failing}. It is tried again; nothing was written`,
      awaited,
    ]);
    for (let tries = 0; tries < 4; tries += 1) await here.retry();
    expect(told(await draw(here, orderId)).slice(-2)).toEqual([
      `inventory → payment stock.reserved: failed, ${failing}. It is a dead letter now; nothing was written`,
      awaited,
    ]);
    vi.restoreAllMocks();
  });

  test('shows what changed nothing as such: a wait that is heard, and the nudges of people', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_threeDSecure2Required');
    const nudge = {
      at: new Date(BEGIN_MS + 60_000).toISOString(),
      ...{ by: 'olga', role: 'operator', act: 'nudge', about: [orderId], reason: 'ticket 7' },
      ...{ before: { status: 'PENDING' }, after: { status: 'PENDING' } },
    };
    const cancelled = { ...nudge, act: 'cancel', after: { status: 'CANCELLING' } };
    const pushed = { ...nudge, after: { status: 'CANCELLING' } };
    const lines = told(await draw(here, orderId, [nudge, cancelled, pushed]));
    expect(lines).toContain(
      'payment → order payment.challenged: idle, order was PENDING already, and stays so',
    );
    expect(lines.filter((line) => line.includes('nudge'))).toEqual([
      'caller → order nudge: idle, a nudge by olga (ticket 7): order said its last events again, and it stays PENDING',
    ]);
    expect(lines.at(-1)).toBe(
      'payment → payment payment.captured: awaited, payment has yet to say it, and waits for the customer',
    );
  });

  test('is in the sequence of its times', () => {
    const at = (second: number) => `2026-01-01T00:00:0${second}.000Z`;
    const timeline: Timeline = {
      ...{ orderId: 'ord_1', status: 'PENDING', participants: [] },
      entries: [
        { at: at(0), service: 'order', status: 'PENDING', cause: 'place' },
        { at: at(2), service: 'inventory', status: 'RESERVED', cause: 'order.placed' },
      ],
    };
    const nudge = { at: at(1), by: 'olga', role: 'operator', act: 'nudge', about: ['ord_1'] };
    const { steps } = diagramOf(timeline, [nudge], choreography);
    expect(steps.map(({ label }) => label)).toEqual(['place', 'nudge', 'order.placed']);
  });
});

describe('the picture', () => {
  const diagram: Diagram = {
    lanes: ['caller', 'order'],
    steps: [
      {
        at: '2026-01-01T00:00:00.000Z',
        from: 'caller',
        to: 'order',
        label: 'place',
        status: 'PENDING',
        kind: 'moved',
      },
      {
        from: 'order',
        to: 'order',
        label: 'order.placed',
        kind: 'awaited',
        why: 'a long reason '.repeat(20),
      },
    ],
  };

  test('has everything inside of it, and nothing over another thing', () => {
    const { width, height, rows, lanes } = drawingOf(diagram);
    expect(lanes.map(({ x }) => x)).toEqual([95, 285]);
    for (const { fromX, toX, textX, notesY, notes } of rows) {
      for (const x of [fromX, toX, textX]) expect(x > 0 && x < width).toBe(true);
      expect(notesY + 15 * (notes.length - 1)).toBeLessThan(height);
    }
    expect(rows[1]?.notes.length).toBeGreaterThan(3);
  });

  test('breaks long texts where there is a space', () => {
    expect(linesOf('one two  three', 7)).toEqual(['one two', 'three']);
    expect(linesOf('', 7)).toEqual([]);
  });

  test('is also there as Mermaid, whatever is in its texts', () => {
    const hostile: Diagram = {
      lanes: ['caller', 'order'],
      steps: [
        ...diagram.steps.slice(0, 1),
        {
          from: 'caller',
          to: 'order',
          label: 'a;b#c%d\nend',
          kind: 'failed',
          why: 'no;end\r\nNote over p0: x',
        },
      ],
    };
    expect(mermaidOf(hostile).trimEnd().split('\n')).toEqual([
      'sequenceDiagram',
      '  participant p0 as caller',
      '  participant p1 as order',
      '  p0->>p1: place at 00:00:00.000',
      '  Note over p1: PENDING',
      '  p0--xp1: a b c d end',
      '  Note over p1: no end Note over p0: x',
    ]);
  });
});
