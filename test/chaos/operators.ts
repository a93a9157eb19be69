import amqp from 'amqplib';
import { deadQueueOf, queueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { Client } from '../support/saga/client.ts';
import type { World } from '../support/saga/world.ts';
import { Dice } from './dice.ts';
import { scarceSku } from './errand.ts';
import { type Nonsense, publishTimeoutMs } from './nonsense.ts';
import { pause, within } from './pause.ts';

const nudgeEveryMs = 2_500;
const nudgesAtOnce = 4;
const redriveEveryMs = 9_000;
const redriveTries = 20;
const receiptEveryMs = 7_000;
const poisonEveryMs = 5_000;
const floodEveryMs = 90_000;
const floodLength = 400;
const requestTimeoutMs = 15_000;
const receivedQuantity = 5;
const receiptTries = 150;

/** Those who run the system: the schedule, people who redrive and receive goods, and strangers who send nonsense. */
export class Operators {
  readonly received = new Map<string, number>();
  /** The ids of nonsense that the broker has confirmed. */
  readonly poison = new Map<string, Nonsense>();
  readonly complaints: string[] = [];
  nudges = 0;
  redriven = 0;
  readonly #world: World;
  readonly #operator: Client;
  readonly #dice: Dice;
  #nudging = 0;

  private constructor(world: World, operator: Client, seed: string) {
    this.#world = world;
    this.#operator = operator;
    this.#dice = new Dice(`${seed}/operators`);
  }

  static async of(world: World, seed: string): Promise<Operators> {
    const token = await world.system.signToken({ role: 'operator' });
    return new Operators(world, new Client(world.system.urls.api, token, requestTimeoutMs), seed);
  }

  /** Until the signal says that it is enough. Goods whose receipt is not confirmed by then are asked about after. */
  async work(enough: AbortSignal): Promise<void> {
    const again = async (everyMs: number, act: (round: number) => Promise<unknown>) => {
      for (let round = 0; !enough.aborted; round += 1) {
        await pause(everyMs, enough);
        if (!enough.aborted) await act(round).catch(() => {});
      }
    };
    await Promise.all([
      again(nudgeEveryMs, async (round) => {
        // Nobody waits for the schedule; every third time two of it run at once.
        for (let run = 0; run < (round % 3 === 2 ? 2 : 1); run += 1) this.nudge().catch(() => {});
      }),
      again(redriveEveryMs, (round) => this.redrive(shop.services[round % shop.services.length] ?? 'order')),
      again(receiptEveryMs, (round) => this.#receive(round)),
      again(poisonEveryMs, (round) => this.#poison([`poison-${round}`])),
      again(floodEveryMs, (round) =>
        this.#poison(Array.from({ length: floodLength }, (_, index) => `flood-${round}-${index}`)),
      ),
    ]);
  }

  async nudge(): Promise<void> {
    if (this.#nudging >= nudgesAtOnce) return;
    this.#nudging += 1;
    try {
      await this.#world.nudge();
      this.nudges += 1;
    } catch {
      // The next run finds what this one did not.
    } finally {
      this.#nudging -= 1;
    }
  }

  /** Moves back what can succeed. Returns how many messages that was. @throws Error if that is not known */
  async redrive(service: (typeof shop.services)[number]): Promise<number> {
    const { redriven } = await this.#operator.expect(200, 'POST', `/dead-letters/${service}/redrive`, {
      dryRun: false,
      reason: 'mended',
    });
    this.redriven += Number(redriven);
    return Number(redriven);
  }

  /** Until nothing is left that can succeed, or only the same again and again. @throws Error if that is not known */
  async redriveAll(service: (typeof shop.services)[number]): Promise<void> {
    for (let tries = 1; tries <= redriveTries; tries += 1) {
      try {
        if ((await this.redrive(service)) === 0) return;
      } catch (error) {
        if (tries === redriveTries) throw error;
      }
    }
  }

  /** Once under its key, however often it takes to hear so. */
  async #receive(round: number): Promise<void> {
    for (let tries = 1; ; tries += 1) {
      if (tries > receiptTries) {
        this.complaints.push(`P6 receipt-${round} was never answered`);
        return;
      }
      try {
        const { status } = await this.#operator.call(
          'POST',
          `/stock/${scarceSku}/receipts`,
          { quantity: receivedQuantity },
          {
            'idempotency-key': `receipt-${round}`,
          },
        );
        if (status === 200) break;
      } catch {
        // Not answered: asked again.
      }
      await pause(500);
    }
    this.received.set(scarceSku, (this.received.get(scarceSku) ?? 0) + receivedQuantity);
  }

  /** Sent past the functions, straight into a queue, as a producer with a defect would. */
  async #poison(messageIds: readonly string[]): Promise<void> {
    const service = shop.services[this.#dice.between(0, shop.services.length - 1)] ?? 'order';
    const sentMs = performance.now();
    await within(publishTimeoutMs, 'poisoning', this.#publish(queueOf(service), messageIds));
    for (const messageId of messageIds)
      this.poison.set(messageId, { from: queueOf(service), to: deadQueueOf(service), sentMs });
  }

  async #publish(queue: string, messageIds: readonly string[]): Promise<void> {
    const connection = await amqp.connect(this.#world.system.urls.rabbitmq, { timeout: publishTimeoutMs });
    connection.on('error', () => {});
    try {
      const channel = await connection.createConfirmChannel();
      channel.on('error', () => {});
      for (const messageId of messageIds) {
        const body = bodies[this.#dice.between(0, bodies.length - 1)] ?? '';
        channel.sendToQueue(queue, Buffer.from(body), { messageId, persistent: true });
      }
      await channel.waitForConfirms();
    } finally {
      await connection.close().catch(() => {});
    }
  }
}

const strangeEvent = {
  specversion: '1.0',
  id: 'strange',
  source: 'elsewhere',
  type: 'order.eaten',
  subject: 'ord_000000000000000000000000',
  time: '2026-01-01T00:00:00.000Z',
  data: {},
};

/** None of them can be handled by anybody, now or later. */
const bodies = [
  'not JSON',
  '',
  JSON.stringify(strangeEvent),
  JSON.stringify({ ...strangeEvent, type: 'stock.reserved' }),
  '{"specversion":"1.0","__proto__":{"type":"order.placed"}}',
];
