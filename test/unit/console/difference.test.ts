import { describe, expect, test, vi } from 'vitest';
import type { Timeline } from '../../../api/calls.ts';
import type { Choreography } from '../../../console/choreography.ts';
import { diagramOf } from '../../../console/diagram/diagram.ts';
import { differenceOf } from '../../../console/diagram/difference.ts';
import { timelineReader } from '../../../engine/insight/timeline-reader.ts';
import { choreographyOf } from '../../../infra/local/console/bundle.ts';
import { idealPathOf } from '../../../infra/local/console/ideal-path.ts';
import { DEADLINE_MS, olga, ShopInMemory } from '../../support/shop-in-memory.ts';
import { unanswered } from '../../support/simulated-stripe.ts';
import { threeServices } from '../../support/three-services.ts';

/** Goal: a saga's page says what is not as declared. Method: the real participants in memory, and their real timeline. */
const choreography: Choreography = choreographyOf(threeServices);

async function compared(here: ShopInMemory, orderId: string) {
  const reader = timelineReader(threeServices, here.views, {
    now: () => here.nowMs,
    deadlineMs: () => DEADLINE_MS,
  });
  const timeline: Timeline = (await here.call(reader, olga, { path: { orderId } })).body;
  const { happened, missing, besides } = differenceOf(diagramOf(timeline, [], choreography), choreography);
  const named = (hearings: typeof missing) => hearings.map(({ service, type }) => `${service} ${type}`);
  return {
    happened: named(happened),
    missing: named(missing),
    // The clock stands still in memory, so what happens at once has no sequence here.
    besides: besides.map(({ to, label, kind }) => `${to} ${label} ${kind}`).toSorted(),
  };
}

const IDEAL = ['inventory order.placed', 'payment stock.reserved', 'order payment.captured'];

describe('the path on which nothing fails', () => {
  test('is the declaration’s, in a sequence in which it can happen', () => {
    expect(idealPathOf(threeServices).map(({ service, type }) => `${service} ${type}`)).toEqual(IDEAL);
  });

  test('goes on to those who hear how it ended, and knows of no failure', () => {
    const hears: Readonly<Record<string, readonly string[]>> = {
      order: ['payment.captured'],
      listener: ['order.confirmed', 'order.cancelled'],
      inventory: ['order.placed'],
      payment: ['stock.reserved'],
    };
    const saga = {
      ...threeServices,
      services: Object.keys(hears),
      partOf: (service: string) => ({
        ...threeServices.partOf(service === 'listener' ? 'payment' : service),
        ...{ service, consumes: hears[service] ?? [] },
        ...(service === 'listener' ? { says: {} } : {}),
      }),
    };
    expect(idealPathOf(saga).map(({ service, type }) => `${service} ${type}`)).toEqual([
      ...IDEAL,
      'listener order.confirmed',
    ]);
  });
});

describe('compared with it', () => {
  test('a saga that nothing has happened to is just so', async () => {
    const here = new ShopInMemory();
    expect(await compared(here, await here.place())).toEqual({ happened: IDEAL, missing: [], besides: [] });
  });

  test('a declined one has what never happened, and what happened instead', async () => {
    const here = new ShopInMemory();
    expect(await compared(here, await here.place('pm_card_chargeDeclined'))).toEqual({
      happened: IDEAL.slice(0, 2),
      missing: IDEAL.slice(2),
      besides: [
        'inventory payment.declined moved',
        'order payment.declined moved',
        'order stock.released moved',
      ],
    });
  });

  test('one that fails has not heard what it fails on', async () => {
    vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const here = new ShopInMemory();
    here.stripe.before = unanswered;
    expect(await compared(here, await here.place())).toEqual({
      happened: IDEAL.slice(0, 1),
      missing: IDEAL.slice(1),
      besides: ['payment stock.reserved failed'],
    });
    vi.restoreAllMocks();
  });

  test('one that is cancelled says so', async () => {
    const here = new ShopInMemory();
    const orderId = await here.place('pm_card_threeDSecure2Required');
    await here.cancel(orderId);
    const { happened, besides } = await compared(here, orderId);
    expect(happened).toEqual(IDEAL.slice(0, 2));
    expect(besides).toEqual(expect.arrayContaining(['order cancel moved', 'order payment.challenged idle']));
    expect(besides).not.toContain('order place moved');
  });
});
