/** As many as one run comes to, and a few more. */
const MAX_KNOWN = 100;

/**
 * The same function, which makes what it has made of a key lately only once. Not with a WeakMap, through which every
 * garbage collection would have to look.
 */
export function remembered<Key, Value>(make: (key: Key) => Value): (key: Key) => Value {
  const known = new Map<Key, Value>();
  return (key) => {
    let value = known.get(key);
    if (value === undefined) {
      value = make(key);
      if (known.size === MAX_KNOWN) known.clear();
      known.set(key, value);
    }
    return value;
  };
}
