/** Named parts of earlier answers. */
export type Variables = Readonly<Record<string, unknown>>;

/**
 * Replaces `$name` by its value, anywhere in a step. A text that is only `$name` becomes the value itself.
 * @throws Error that names an unknown variable
 */
export function filledIn<T>(value: T, variables: Variables): T;
export function filledIn(value: unknown, variables: Variables): unknown {
  const known = (name: string): unknown => {
    if (!Object.hasOwn(variables, name)) throw new Error(`nothing was kept as $${name}`);
    return variables[name];
  };
  if (typeof value === 'string') {
    const [, whole] = /^\$([a-z]\w*)$/i.exec(value) ?? [];
    if (whole !== undefined) return known(whole);
    return value.replaceAll(/\$([a-z]\w*)/gi, (_, name: string) => String(known(name)));
  }
  if (Array.isArray(value)) return value.map((each) => filledIn(each, variables));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, filledIn(each, variables)]));
}

/** The part of an answer at a path such as `body.items.0`. */
export const partOf = (answer: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((value, key) => {
    const isThere = typeof value === 'object' && value !== null && Object.hasOwn(value, key);
    return isThere ? (value as Record<string, unknown>)[key] : undefined;
  }, answer);

/**
 * The differences between an answer and the expected one, a line each. Members that are not expected are ignored. For a
 * list, `includes` expects one such element among others.
 */
export function differences(expected: unknown, actual: unknown, where = 'answer'): readonly string[] {
  const included = partOf(expected, 'includes');
  if (included !== undefined && Array.isArray(actual)) {
    const isThere = actual.some((each) => differences(included, each).length === 0);
    return isThere ? [] : [`${where} includes no ${JSON.stringify(included)}`];
  }
  if (Array.isArray(expected) && Array.isArray(actual) && expected.length !== actual.length) {
    return [`${where} has ${actual.length} elements instead of ${expected.length}`];
  }
  if (typeof expected === 'object' && expected !== null && typeof actual === 'object' && actual !== null) {
    return Object.entries(expected).flatMap(([key, value]) =>
      differences(value, (actual as Record<string, unknown>)[key], `${where}.${key}`),
    );
  }
  if (Object.is(expected, actual)) return [];
  return [`${where} is ${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`];
}
