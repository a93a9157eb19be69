import type { Errand } from './errand.ts';

/** What a customer was told about one order. */
export interface LoggedOrder {
  readonly errand: Errand;
  readonly orderId: string;
  /** `wished`: accepted with 202. `refused`: 409, since the order is confirmed. */
  cancellation: 'none' | 'wished' | 'refused';
}

/** Everything that the clients were answered: what the system has promised, from outside. */
export class ClientLog {
  readonly orders = new Map<string, LoggedOrder>();
  /** What no client may ever be answered. */
  readonly complaints: string[] = [];
  /** Requests by what became of them: a status, or the kind of network error. */
  readonly answers: Record<string, number> = {};
  placed = 0;
  retries = 0;
  repeats = 0;

  answered(what: string): void {
    this.answers[what] = (this.answers[what] ?? 0) + 1;
  }

  /** P5: the same key with the same body names the same order for ever. */
  accepted(errand: Errand, orderId: string): LoggedOrder {
    const known = this.orders.get(errand.key);
    if (known === undefined) {
      const logged: LoggedOrder = { errand, orderId, cancellation: 'none' };
      this.orders.set(errand.key, logged);
      return logged;
    }
    if (known.orderId !== orderId) {
      this.complaints.push(`P5 ${errand.key} was ${known.orderId} and is ${orderId}`);
    }
    return known;
  }
}
