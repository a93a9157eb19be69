import type { Saga } from './saga.ts';

/** Makes something of a saga once, for example a schema: they take long to make. */
export function perSaga<T extends object>(make: (saga: Saga) => T): (saga: Saga) => T {
  const made = new WeakMap<Saga, T>();
  return (saga) => {
    const known = made.get(saga);
    if (known !== undefined) return known;
    const value = make(saga);
    made.set(saga, value);
    return value;
  };
}
