import type { Settings } from '../settings.ts';
import type { StripeEvent } from './event.ts';
import { signatureOf } from './signature.ts';

/** Where events are sent, and the secret that they are signed with (`whsec_…`). */
export interface Receiver {
  readonly url: string;
  readonly secret: string;
}

const MAX_AT_ONCE = 8;
const MAX_ATTEMPTS = 12;
const FIRST_RETRY_MS = 250;
const MAX_RETRY_MS = 60_000;
const TIMEOUT_MS = 10_000;

interface Sending {
  readonly event: StripeEvent;
  readonly attempt: number;
}

/**
 * Sends events at least once each, in no order, until the receiver answers 2xx or has had its attempts.
 * https://docs.stripe.com/webhooks#behaviors
 */
export class Webhooks {
  /** Told once for every event, when it needs no further attempt. */
  onSent: (eventId: string) => void = () => {};
  readonly #receiver: Receiver;
  readonly #settings: Settings;
  readonly #chance: () => number;
  readonly #ready: Sending[] = [];
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #closing = new AbortController();
  #underWay = 0;

  constructor(receiver: Receiver, settings: Settings, chance: () => number = Math.random) {
    this.#receiver = receiver;
    this.#settings = settings;
    this.#chance = chance;
  }

  /** Returns at once. */
  send(events: readonly StripeEvent[]): void {
    const { webhooksLostPercent, webhooksDoubledPercent, webhooksDelayMs } = this.#settings;
    for (const event of events) {
      if (this.#isOneOf(webhooksLostPercent)) {
        this.onSent(event.id);
        continue;
      }
      const copies = this.#isOneOf(webhooksDoubledPercent) ? 2 : 1;
      for (let copy = 0; copy < copies; copy += 1) this.#after(webhooksDelayMs, { event, attempt: 1 });
    }
  }

  /** What is not sent stays in the ledger. */
  close(): void {
    this.#closing.abort();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#ready.length = 0;
  }

  #isOneOf(percent: number): boolean {
    return percent > 0 && this.#chance() * 100 < percent;
  }

  #after(delayMs: number, sending: Sending): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.#ready.push(sending);
      this.#work();
    }, delayMs);
    this.#timers.add(timer);
  }

  #work(): void {
    while (this.#underWay < MAX_AT_ONCE) {
      const next = this.#ready.shift();
      if (next === undefined) return;
      this.#underWay += 1;
      this.#try(next)
        .catch((error: unknown) => console.error('payment sandbox:', error))
        .finally(() => {
          this.#underWay -= 1;
          this.#work();
        });
    }
  }

  async #try({ event, attempt }: Sending): Promise<void> {
    const isTaken = await this.#post(event);
    if (this.#closing.signal.aborted) return;
    if (isTaken || attempt === MAX_ATTEMPTS) {
      if (!isTaken) console.error(`payment sandbox: ${event.type} ${event.id} was not taken`);
      this.onSent(event.id);
      return;
    }
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** (attempt - 1), MAX_RETRY_MS);
    this.#after(delayMs * (0.5 + this.#chance() / 2), { event, attempt: attempt + 1 });
  }

  async #post(event: StripeEvent): Promise<boolean> {
    const body = JSON.stringify(event);
    const { url, secret } = this.#receiver;
    try {
      const reply = await fetch(url, {
        method: 'POST',
        body,
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'stripe-signature': signatureOf(body, secret, Math.floor(Date.now() / 1000)),
        },
        redirect: 'manual',
        signal: AbortSignal.any([this.#closing.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await reply.body?.cancel();
      return reply.ok;
    } catch {
      return false;
    }
  }
}
