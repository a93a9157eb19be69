/** Runs the saga with this number to its end. Resolves with when it ended, on the clock of `performance.now`. */
export type Saga = (index: number) => Promise<number>;

export interface Loop {
  readonly sagas: number;
  readonly run: Saga;
  /** Told of each saga that has ended. */
  readonly ended: () => void;
  /** Aborting it starts no further saga. */
  readonly stop: AbortSignal;
}

export interface Timings {
  readonly elapsedMs: number;
  readonly latenciesMs: readonly number[];
}

/** A fixed number of customers, each of whom waits for one order to end before placing the next. */
export async function closedLoop(loop: Loop & { readonly concurrency: number }): Promise<Timings> {
  const { sagas, concurrency, run, ended, stop } = loop;
  const latenciesMs: number[] = [];
  const begin = performance.now();
  let next = 0;
  let lastEndMs = begin;
  const customer = async () => {
    while (next < sagas && !stop.aborted) {
      const startMs = performance.now();
      const endMs = await run(next++);
      latenciesMs.push(endMs - startMs);
      lastEndMs = Math.max(lastEndMs, endMs);
      ended();
    }
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, sagas) }, customer));
  return { elapsedMs: lastEndMs - begin, latenciesMs };
}

const tickMs = 1;

/**
 * Customers come by the clock, however long those before them take. A latency counts from when its customer was due,
 * so one that came late because everything stood still has waited for that long too.
 */
export async function openLoop(loop: Loop & { readonly perSecond: number }): Promise<Timings> {
  const { sagas, perSecond, run, ended, stop } = loop;
  const latenciesMs: number[] = [];
  const begin = performance.now();
  const underWay: Promise<void>[] = [];
  const failed = new AbortController();
  let lastEndMs = begin;
  const comes = async (index: number) => {
    const dueMs = begin + (1_000 * index) / perSecond;
    const endMs = await run(index);
    latenciesMs.push(endMs - dueMs);
    lastEndMs = Math.max(lastEndMs, endMs);
    ended();
  };
  while (underWay.length < sagas && !stop.aborted && !failed.signal.aborted) {
    const due = Math.min(sagas, 1 + Math.floor(((performance.now() - begin) * perSecond) / 1_000));
    while (underWay.length < due) {
      const customer = comes(underWay.length);
      customer.catch(() => failed.abort());
      underWay.push(customer);
    }
    await new Promise((resolve) => setTimeout(resolve, tickMs));
  }
  await Promise.all(underWay);
  return { elapsedMs: lastEndMs - begin, latenciesMs };
}
