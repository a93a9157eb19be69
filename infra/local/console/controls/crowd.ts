import { CROWD_SECONDS, type Crowd as Told } from '../../../../console/playground/wire.ts';

/** So many orders may be on their way at once. Of a system that does not answer no more is asked. */
const MAX_UNANSWERED = 100;

/** Places the order that is the `index`-th of the crowd. False if it is refused. */
export type PlaceOne = (sku: string, index: number) => Promise<boolean>;

/** Customers who come at a rate, and leave by themselves after a minute. */
export class Crowd {
  readonly #place: PlaceOne;
  #perSecond = 0;
  #endsAtMs = 0;
  #timer: NodeJS.Timeout | undefined;
  #index = 0;
  #unanswered = 0;
  #accepted = 0;
  #refused = 0;

  constructor(place: PlaceOne) {
    this.#place = place;
  }

  get told(): Told {
    return {
      perSecond: this.#perSecond,
      leftSeconds: this.#perSecond === 0 ? 0 : Math.ceil((this.#endsAtMs - Date.now()) / 1_000),
      accepted: this.#accepted,
      refused: this.#refused,
    };
  }

  /** From now on so many a second, for a minute. 0: nobody. */
  set(sku: string, perSecond: number): void {
    clearInterval(this.#timer);
    this.#perSecond = perSecond;
    if (perSecond === 0) return;
    this.#endsAtMs = Date.now() + CROWD_SECONDS * 1_000;
    this.#timer = setInterval(() => this.#tick(sku), 1_000 / perSecond);
  }

  #tick(sku: string): void {
    if (Date.now() >= this.#endsAtMs) {
      this.set(sku, 0);
      return;
    }
    this.#index += 1;
    if (this.#unanswered >= MAX_UNANSWERED) {
      this.#refused += 1;
      return;
    }
    this.#unanswered += 1;
    const answered = (isAccepted: boolean): void => {
      this.#unanswered -= 1;
      if (isAccepted) this.#accepted += 1;
      else this.#refused += 1;
    };
    this.#place(sku, this.#index).then(answered, () => answered(false));
  }
}
