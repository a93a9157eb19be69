import { Client, type Reply } from '../support/saga/client.ts';
import type { World } from '../support/saga/world.ts';
import { ClientLog, type LoggedOrder } from './client-log.ts';
import { customerClass, customers, type Errand, errandOf } from './errand.ts';
import { pause } from './pause.ts';

const requestTimeoutMs = 15_000;
const arrivalTickMs = 50;
const firstRetryMs = 100;
const longestRetryMs = 4_000;
/** Customers whom the harness can look after at once: a minute of them without one answer. */
const mostBusy = 3_000;

/** What a client does not take for an answer, and asks again after. */
const isOutage = (status: number): boolean => status >= 500 || status === 429;

/**
 * An open loop of customers: orders come in at their rate, however long each takes. A customer repeats a
 * request under its key until it is answered; nobody gives up before the load is given up as a whole.
 */
export class Load {
  readonly log = new ClientLog();
  /** Orders that were due by the clock. */
  offered = 0;
  readonly #seed: string;
  readonly #clients: ReadonlyMap<string, Client>;
  readonly #givenUp = new AbortController();
  readonly #busy = new Set<Promise<void>>();

  private constructor(seed: string, clients: ReadonlyMap<string, Client>) {
    this.#seed = seed;
    this.#clients = clients;
  }

  static async of(seed: string, { system }: World): Promise<Load> {
    const clients = new Map<string, Client>();
    for (const name of customers) {
      const token = await system.signToken({ role: 'customer', name, class: customerClass });
      clients.set(name, new Client(system.urls.api, token, requestTimeoutMs));
    }
    return new Load(seed, clients);
  }

  get busy(): number {
    return this.#busy.size;
  }

  /** Lets customers come until the signal says that it is enough. */
  async arrive(perSecond: number, enough: AbortSignal): Promise<void> {
    const begin = performance.now();
    // Whoever finds too many before them is turned away at the door, and the report says how many came in.
    while (!enough.aborted && !this.#givenUp.signal.aborted) {
      const due = Math.floor(((performance.now() - begin) / 1_000) * perSecond);
      for (; this.offered < due; this.offered += 1) if (this.#busy.size < mostBusy) this.#comes();
      await pause(arrivalTickMs, enough);
    }
  }

  #comes(): void {
    const errand = errandOf(this.#seed, this.log.placed);
    this.log.placed += 1;
    const done = this.#run(errand)
      .catch((error: unknown) => void this.log.complaints.push(`${errand.key}: ${String(error)}`))
      .finally(() => this.#busy.delete(done));
    this.#busy.add(done);
  }

  /** Waits for every customer to have been answered. When none is for `patienceMs`, the others are left standing. */
  async settle(patienceMs: number): Promise<void> {
    let [fewest, sinceMs] = [this.#busy.size, performance.now()];
    while (this.#busy.size > 0 && performance.now() - sinceMs < patienceMs && !this.#givenUp.signal.aborted) {
      await pause(arrivalTickMs, this.#givenUp.signal);
      if (this.#busy.size < fewest) [fewest, sinceMs] = [this.#busy.size, performance.now()];
    }
    if (this.#busy.size === 0 || this.#givenUp.signal.aborted) return;
    this.log.complaints.push(`P6 ${this.#busy.size} customers were never answered`);
    this.giveUp();
  }

  /** Some ask again long after everything has ended. */
  async again(errands: readonly Errand[]): Promise<void> {
    await Promise.all(errands.map((errand, index) => this.#repeat(errand, 0, index % 4 === 3)));
  }

  giveUp(): void {
    this.#givenUp.abort();
  }

  async #run(errand: Errand): Promise<void> {
    const order = await this.#place(errand);
    if (order === undefined) return;
    const { cancelAfterMs, repeatAfterMs } = errand;
    await Promise.all([
      cancelAfterMs === undefined ? undefined : this.#cancel(order, cancelAfterMs),
      repeatAfterMs === undefined
        ? undefined
        : this.#repeat(errand, repeatAfterMs, errand.repeatsWithAnotherBody),
    ]);
  }

  async #place(errand: Errand): Promise<LoggedOrder | undefined> {
    const reply = await this.#untilAnswered(errand, (client) =>
      client.order(errand.items, errand.paymentMethod, errand.key),
    );
    if (reply === undefined) return undefined;
    if (reply.status === 202) return this.log.accepted(errand, String(reply.body.orderId));
    this.log.complaints.push(`P5 a valid order was refused: ${describe(errand, reply)}`);
    return undefined;
  }

  async #cancel(order: LoggedOrder, afterMs: number): Promise<void> {
    await pause(afterMs, this.#givenUp.signal);
    const { errand, orderId } = order;
    const reply = await this.#untilAnswered(errand, (client) =>
      client.call('POST', `/orders/${orderId}/cancel`),
    );
    if (reply === undefined) return;
    if (reply.status === 202) order.cancellation = 'wished';
    else if (reply.status === 409) order.cancellation = 'refused';
    else this.log.complaints.push(`P6 ${orderId} could not be cancelled: ${describe(errand, reply)}`);
  }

  async #repeat(errand: Errand, afterMs: number, withAnotherBody: boolean): Promise<void> {
    await pause(afterMs, this.#givenUp.signal);
    const items = withAnotherBody ? [{ sku: 'another', quantity: 1 }] : errand.items;
    const reply = await this.#untilAnswered(errand, (client) =>
      client.order(items, errand.paymentMethod, errand.key),
    );
    if (reply === undefined) return;
    this.log.repeats += 1;
    if (withAnotherBody) {
      if (reply.status !== 422) this.log.complaints.push(`P5 another body: ${describe(errand, reply)}`);
    } else if (reply.status === 202) this.log.accepted(errand, String(reply.body.orderId));
    else this.log.complaints.push(`P5 the same body: ${describe(errand, reply)}`);
  }

  /** Undefined when the load was given up first. */
  async #untilAnswered(
    { customer }: Errand,
    ask: (client: Client) => Promise<Reply>,
  ): Promise<Reply | undefined> {
    const client = this.#clients.get(customer);
    if (client === undefined) throw new Error(`${customer} has no token`);
    for (let attempt = 0; !this.#givenUp.signal.aborted; attempt += 1) {
      if (attempt > 0) this.log.retries += 1;
      try {
        const reply = await ask(client);
        this.log.answered(String(reply.status));
        if (!isOutage(reply.status)) return reply;
      } catch (error) {
        this.log.answered(error instanceof Error ? error.name : 'unknown error');
      }
      await pause(Math.min(longestRetryMs, firstRetryMs * 2 ** attempt), this.#givenUp.signal);
    }
    return undefined;
  }
}

const describe = ({ key }: Errand, { status, body }: Reply): string =>
  `${key} was answered ${status} ${JSON.stringify(body)}`;
