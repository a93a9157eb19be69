import type { Item, Write } from '../../../engine/batch/store.ts';
import { type Counted, CounterBook } from '../../simulation/checker/counters.ts';
import type { Flaw } from '../../simulation/checker/flaw.ts';
import { type Row, rowOf, statusOf } from '../../simulation/checker/row.ts';
import type { Asked, Rules } from '../../simulation/checker/rules.ts';
import type { Invocation } from '../../simulation/invocation.ts';
import type { World } from '../../simulation/world/world.ts';

interface Change {
  readonly key: string;
  readonly delta: number;
}

/** Seats and rooms: what bookings hold of each flight and hotel. */
const places: Counted = {
  attribute: 'left',
  prefix: 'LEFT#',
  heldBy: (item) =>
    statusOf(item) === 'BOOKED'
      ? (rowOf(item) as Row).state.changes.map(({ key, delta }: Change) => [key, -delta])
      : [],
};

/** What a trip promises besides: seats and rooms are conserved, and everybody says what is true of it. */
export class TripRules implements Rules {
  readonly #world: World;
  readonly #books: ReadonlyMap<string, CounterBook>;
  readonly #puts = new Set<string>();

  constructor(world: World) {
    this.#world = world;
    this.#books = new Map(
      ['flight', 'hotel'].map((service) => [service, new CounterBook(world.tableOf(service), places)]),
    );
  }

  wrote(
    service: string,
    writes: readonly Write[],
    before: ReadonlyMap<string, Item>,
    step: number,
    invocation: Invocation | undefined,
  ): Flaw | undefined {
    for (const write of writes)
      if (write.kind === 'put' && write.item.pk.startsWith('LEFT#')) this.#puts.add(textOf(write.item));
    return broken('P1', this.#books.get(service)?.wrote(writes, before, step, invocation));
  }

  recorded(service: string, item: Item, invocation: Invocation | undefined): Flaw | undefined {
    const { state, tripId } = rowOf(item) as Row;
    const trip = rowOf(this.#world.recordOf('trip', tripId))?.state;
    if (trip === undefined || service === 'trip') return undefined;
    const is = `${service} of ${tripId} is ${JSON.stringify(state)}`;
    if (service === 'car') {
      const isAsked = state.status === 'ASKING' && (state.car !== trip.car || state.people !== trip.people);
      return isAsked ? ['P2', `${is}, not what was wanted`] : undefined;
    }
    const key = `LEFT#${trip[service]}`;
    if (state.status === 'BOOKED') {
      const [change, ...others] = state.changes;
      const isRight = change?.key === key && change.delta === -trip.people && others.length === 0;
      return isRight ? undefined : ['P1', `${is}, not ${trip.people} of ${key}`];
    }
    if (state.status !== 'REFUSED') return undefined;
    const since = invocation?.startedStep ?? 0;
    const book = this.#books.get(service);
    const isTrue =
      book?.wasShort(key, trip.people, since, invocation) === true || book?.wasUnknown(key, since) === true;
    return isTrue ? undefined : ['P4', `${is}, although there is ${key}`];
  }

  /** The car that the traveller is told of is the one that is rented. */
  judge(tripId: string): Flaw | undefined {
    const trip = rowOf(this.#world.recordOf('trip', tripId))?.state;
    const car = rowOf(this.#world.recordOf('car', tripId))?.state;
    if (trip?.status !== 'CONFIRMED' || trip.reference === car?.reference) return undefined;
    return ['P4', `${tripId} is told of ${trip.reference}, and ${car?.reference} is rented`];
  }

  isUnwritable(): boolean {
    return false;
  }

  mayBeUnwritable(): boolean {
    return false;
  }

  /** What operators were told is put there has been. */
  ended(operators: readonly Asked[]): Flaw | undefined {
    const lost = operators
      .filter(({ plan, isConfirmed }) => plan.wish.kind === 'put' && isConfirmed)
      .map(({ plan: { request } }) =>
        textOf({ pk: `LEFT#${request.path?.name}`, ...(request.body as { readonly left: number }) }),
      )
      .find((put) => !this.#puts.has(put));
    return broken('P6', lost && `it was confirmed and not stored: ${lost}`);
  }
}

const textOf = ({ pk, left }: Row): string => `${pk} ${left}`;

const broken = (promise: string, flaw: string | undefined): Flaw | undefined =>
  flaw === undefined ? undefined : [promise, flaw];
