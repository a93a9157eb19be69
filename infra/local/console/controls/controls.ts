import * as z from 'zod';
import {
  type ActBodies,
  MAX_PER_SECOND,
  MAX_QUANTITY,
  type Meters,
  type PlaygroundState,
} from '../../../../console/playground/wire.ts';
import type { Supervised } from '../../processes/supervised.ts';
import { bankAt } from '../../saga/bank.ts';
import { Books } from './books.ts';
import { Breakages } from './breakages.ts';
import { Crowd } from './crowd.ts';
import { challengeOf, PAYMENT_METHODS, placeOneOfCrowd, placeOrder, type Shopfront } from './customers.ts';
import { faultsOf, type SetProvider } from './faults.ts';
import { type Baselines, isUnsettled, metersOf } from './meters.ts';
import { Refusal } from './refusal.ts';
import { type Controls, type ControlsRouter, controlsRouter } from './router.ts';
import { ScenarioPlayer } from './scenario-player.ts';
import { newToken } from './token.ts';

const TIMEOUT_MS = 5_000;

/** What each act takes. */
const bodies = {
  orders: z.strictObject({
    sku: z.string().min(1).max(64),
    quantity: z.int().min(1).max(MAX_QUANTITY),
    paymentMethod: z.enum(PAYMENT_METHODS.map(({ name }) => name)),
  }),
  scenarios: z.strictObject({ name: z.string().max(64) }),
  crowd: z.strictObject({
    sku: z.string().min(1).max(64),
    perSecond: z.int().min(0).max(MAX_PER_SECOND),
  }),
  faults: z.strictObject({ name: z.string().max(64), seconds: z.int().min(1) }),
  challenges: z.strictObject({ orderId: z.string().min(1).max(128), outcome: z.enum(['approve', 'fail']) }),
  heal: z.strictObject({}),
} satisfies Readonly<Record<keyof ActBodies, z.ZodType>>;

export interface PlaygroundOf {
  readonly system: Supervised;
  readonly shop: Shopfront;
  /** The payment sandbox's address. */
  readonly provider: string;
}

/** The hands of whoever plays: what they do ends by itself, by `heal`, and with the system. */
export interface Playground {
  readonly route: ControlsRouter;
  /** Before the system stops: nothing is broken, placed or healed any more. */
  close(): Promise<void>;
}

export function openPlayground({ system, shop, provider }: PlaygroundOf): Playground {
  const setProvider = providerAt(provider);
  const breakages = new Breakages(faultsOf(system, setProvider));
  const crowd = new Crowd((sku, index) => placeOneOfCrowd(shop, sku, index));
  const books = new Books({ environment: system.environment, provider });
  const player = new ScenarioPlayer({
    ...{ environment: system.environment, provider, setProvider },
    killFunctions: async () => {
      await breakages.strike('functions-killed', 1);
      await breakages.untilHealed('functions');
    },
  });
  const act = <Name extends keyof ActBodies>(
    name: Name,
    run: (body: ActBodies[Name]) => Promise<unknown>,
  ) => ({
    body: bodies[name],
    run: async (body: unknown) => {
      if (!system.isUp())
        throw new Refusal(503, 'Service Unavailable', 'The system is starting, or is being stopped.');
      // Its schema has just said so.
      return await run(body as ActBodies[Name]);
    },
  });
  const controls: Controls = {
    state: { run: () => stateOf(system, breakages, crowd, player) },
    meters: { run: metersFrom(books) },
    orders: act('orders', (wanted) => placeOrder(shop, wanted)),
    scenarios: act('scenarios', ({ name }) => player.play(name)),
    crowd: act('crowd', async ({ sku, perSecond }) => crowd.set(sku, perSecond)),
    faults: act('faults', ({ name, seconds }) => breakages.strike(name, seconds)),
    challenges: act('challenges', async ({ orderId, outcome }) => {
      const clientSecret = await challengeOf(shop, orderId, await books.ownerOf(orderId));
      const status = await bankAt(provider)({ clientSecret, outcome });
      if (status !== 200)
        throw new Refusal(409, 'Conflict', 'The bank does not wait for this customer any more.');
    }),
    heal: act('heal', async () => {
      crowd.set('', 0);
      await breakages.healAll();
    }),
  };
  return {
    route: controlsRouter(newToken(), controls),
    close: async () => {
      crowd.set('', 0);
      await breakages.close();
      books.close();
    },
  };
}

async function stateOf(
  system: Supervised,
  breakages: Breakages,
  crowd: Crowd,
  player: ScenarioPlayer,
): Promise<PlaygroundState> {
  const { played } = player;
  return {
    isUp: system.isUp(),
    faults: breakages.offers,
    scenarios: await player.offers(),
    paymentMethods: PAYMENT_METHODS,
    broken: breakages.broken,
    crowd: crowd.told,
    ...(played === undefined ? {} : { played }),
  };
}

/** Reads once, and once more if that does not settle it. Those who ask meanwhile are answered alike. */
function metersFrom(books: Pick<Books, 'read'>): () => Promise<Meters> {
  const baselines: Baselines = new Map();
  let reading: Promise<Meters> | undefined;
  const readMeters = async (): Promise<Meters> => {
    const first = await books.read();
    const meters = metersOf(first, undefined, baselines);
    return isUnsettled(meters) ? metersOf(first, await books.read(), baselines) : meters;
  };
  return () => {
    reading ??= readMeters().finally(() => {
      reading = undefined;
    });
    return reading;
  };
}

const providerAt =
  (address: string): SetProvider =>
  async (ways) => {
    const reply = await fetch(`${address}/sandbox/settings`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(ways),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    }).catch(() => undefined);
    if (reply?.ok !== true) throw new Refusal(502, 'Bad Gateway', 'The provider’s sandbox does not answer.');
    await reply.body?.cancel();
  };
