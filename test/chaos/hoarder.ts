import type { Books } from '../support/saga/books.ts';
import { Client } from '../support/saga/client.ts';
import type { World } from '../support/saga/world.ts';
import { grabbedSku } from './errand.ts';
import { pause } from './pause.ts';

const requestTimeoutMs = 15_000;
const atOnce = 4;
const everyMs = 250;
/** As much as an order may ask for of one SKU. */
const grabbedAtOnce = 10_000;
/** So many of those who want one of what is hoarded get it: there is enough. */
const served = 0.9;

/** Whose orders nobody is told of but the hoarder, who does not care what becomes of them. */
export const hoarderName = 'mallory';

/** Takes all there is of one product with a card that is always declined, and again as soon as there is any. */
export class Hoarder {
  accepted = 0;
  toldToWait = 0;
  readonly #client: Client;
  readonly #seed: string;

  private constructor(client: Client, seed: string) {
    this.#client = client;
    this.#seed = seed;
  }

  static async of(seed: string, { system }: World): Promise<Hoarder> {
    const token = await system.signToken({ role: 'customer', name: hoarderName });
    return new Hoarder(new Client(system.urls.api, token, requestTimeoutMs), seed);
  }

  async grab(enough: AbortSignal): Promise<void> {
    const one = async (hand: number): Promise<void> => {
      for (let round = 0; !enough.aborted; round += 1) {
        await this.#grabOnce(`hoard-${this.#seed}-${hand}-${round}`).catch(() => {});
        await pause(everyMs, enough);
      }
    };
    await Promise.all(Array.from({ length: atOnce }, (_, hand) => one(hand)));
  }

  async #grabOnce(key: string): Promise<void> {
    const { availability } = await this.#client.expect(200, 'GET', `/stock/${grabbedSku}`);
    if (availability === 'OUT_OF_STOCK') return;
    const items = [{ sku: grabbedSku, quantity: grabbedAtOnce }];
    const { status } = await this.#client.order(items, 'pm_card_chargeDeclined', key);
    if (status === 202) this.accepted += 1;
    if (status === 429) this.toldToWait += 1;
  }
}

/** Whether honest buyers get what somebody hoards. */
export function unserved({ orders }: Pick<Books, 'orders'>): readonly string[] {
  const wanted = [...orders.values()].filter(
    ({ state }) =>
      state.customerId !== hoarderName &&
      state.items?.some(({ sku }: { readonly sku: string }) => sku === grabbedSku),
  );
  const refused = wanted.filter(
    ({ state }) =>
      state.reason?.code === 'OUT_OF_STOCK' && state.reason.skus?.some((sku: string) => sku === grabbedSku),
  );
  if (refused.length <= (1 - served) * wanted.length) return [];
  return [`fairness ${refused.length} of ${wanted.length} were refused what somebody hoards`];
}
