import type { TableEdges } from '../../engine/batch/edges.ts';
import { StoreUnavailableError } from '../../engine/batch/store.ts';
import type { OrderId } from '../shop.ts';
import type { Subscriber } from '../subscribers.ts';
import { AtOnce } from './at-once.ts';
import type { Outside, Told } from './decide.ts';
import { attempted, begunDelivery, type Delivery, deliveryIn, outcomeOf } from './delivery.ts';
import { DeliveryError, type Post } from './post.ts';
import { signedHeaders } from './signature.ts';

/** How a teller reaches subscribers. */
export interface Way {
  readonly post: Post;
  /** The secrets that a subscriber's webhooks are signed with, as `signedHeaders` takes them. */
  readonly secretsOf: (subscriber: Subscriber) => Promise<string>;
}

/** So long nobody is asked who has not answered in time: each message would wait for it, and others behind them. */
const REST_MS = 10_000;
/** A batch has up to 100 messages for 10 subscribers, and each call is a connection of its own: all at once would time out. */
const MOST_CALLS = 50;

/** Not all subscribers have heard. The message is tried again after a delay, for those that have not. */
class UntoldError extends Error {
  override readonly name = 'UntoldError';
}

/**
 * Tells subscribers how orders end. A delivery is written before its first attempt and after each one, so whoever has said that it
 * has a webhook is not sent it again; only where a crash comes in between, it is, under the same id.
 */
export class Teller {
  readonly #table: TableEdges;
  readonly #way: Way;
  readonly #restsUntilMs = new Map<string, number>();
  readonly #calls = new AtOnce(MOST_CALLS);

  constructor(table: TableEdges, way: Way) {
    this.#table = table;
    this.#way = way;
  }

  /** Tells all that want to know of this outcome, side by side. @throws UntoldError saying who could not be told, and why */
  async tell(orderId: OrderId, told: Told, subscribers: readonly Subscriber[]): Promise<void> {
    const wanting = subscribers.filter(({ types }) => types.includes(outcomeOf(told)));
    const results = await Promise.allSettled(
      wanting.map(async (subscriber) => {
        const delivery = await this.#begin(begunDelivery(orderId, told, subscriber, this.#table.now()));
        if (delivery.status === 'DELIVERED') return;
        await this.#calls.run(async () => {
          // By its turn others may have waited for it.
          if (this.#rests(subscriber)) throw new DeliveryError('it has not answered just now');
          await this.attempt(delivery, subscriber);
        });
      }),
    );
    const failed = results.flatMap((result, index) =>
      result.status === 'fulfilled' ? [] : [`${wanting[index]?.name}: ${reasonOf(result.reason)}`],
    );
    if (failed.length > 0) throw new UntoldError(failed.join(', '));
  }

  /**
   * Sends a webhook once, whether the subscriber rests or not, and writes what came of it. Of two that do so at once the first has written.
   * @throws DeliveryError if the subscriber does not have it
   */
  async attempt(delivery: Delivery, subscriber: Subscriber): Promise<Delivery> {
    const { name, url } = subscriber;
    const { now, store } = this.#table;
    const { post, secretsOf } = this.#way;
    let failure: DeliveryError | undefined;
    try {
      const secrets = await secretsOf(subscriber).catch(withoutWords);
      const headers = signedHeaders(delivery.webhookId, delivery.body, now(), secrets);
      await post(url, delivery.body, headers);
    } catch (error) {
      failure = error instanceof DeliveryError ? error : new DeliveryError(reasonOf(error));
    }
    if (failure?.isSlow) this.#restsUntilMs.set(name, now() + REST_MS);
    const next = attempted(delivery, now(), failure?.message);
    const expects = { version: delivery.version };
    await store.write([{ kind: 'put', item: next, expects }]);
    if (failure !== undefined) throw failure;
    return next;
  }

  #rests({ name }: Subscriber): boolean {
    return this.#table.now() < (this.#restsUntilMs.get(name) ?? 0);
  }

  /** The delivery as it is in the table; a new one is put there. @throws StoreUnavailableError */
  async #begin(delivery: Delivery): Promise<Delivery> {
    const result = await this.#table.store.write([{ kind: 'put', item: delivery, expects: 'absent' }]);
    if (result.ok) return delivery;
    const [refusal] = result.refusals;
    if (refusal?.cause === 'condition' && refusal.stored !== undefined) return deliveryIn(refusal.stored);
    throw new StoreUnavailableError('the delivery is being written');
  }
}

/** The store of secrets names accounts and roles in what it says, and the delivery log is read by many. */
function withoutWords(error: unknown): never {
  throw new DeliveryError(`its secret cannot be read: ${error instanceof Error ? error.name : 'unknown'}`);
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The outside of the step: it has answered once everybody is told. Nothing of that can be undone, and nobody asks for it. */
export const outsideOf = (teller: Teller, subscribers: readonly Subscriber[]): Outside => ({
  call: async (orderId, told) => {
    await teller.tell(orderId, told, subscribers);
    return { done: {} };
  },
  undo: async () => ({}),
});
