import { isSection, refused, SettingError } from './setting.ts';

/** Says whether a message's body is wanted. */
export type Filter = (data: Buffer) => boolean;

type Rule = (values: readonly unknown[]) => boolean;
type Pattern = (value: unknown) => boolean;

// https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventfiltering.html: five by default, ten on request.
const maximumFilters = 10;

/**
 * Compiles `filterPatterns`, of which one has to match. Amazon MQ can filter on `data` only, and a body whose format
 * (JSON, plain text) differs from its pattern's is not wanted, nor is one that is not UTF-8.
 * https://docs.aws.amazon.com/lambda/latest/dg/with-mq-filtering.html
 */
export function compileFilters(patterns: unknown, where: string): Filter | undefined {
  if (patterns === undefined) return undefined;
  if (!Array.isArray(patterns) || patterns.length < 1 || patterns.length > maximumFilters) {
    throw refused(where, `a list of 1 to ${maximumFilters} patterns`, patterns);
  }
  const forText: Rule[] = [];
  const forJson: Pattern[] = [];
  for (const [index, pattern] of patterns.entries()) {
    const place = `${where}[${index}]`;
    if (!isSection(pattern) || Object.keys(pattern).join() !== 'data') {
      throw refused(place, 'a mapping with the key data and no other', pattern);
    }
    if (Array.isArray(pattern.data)) forText.push(compileRules(pattern.data, `${place}.data`));
    else forJson.push(compilePattern(pattern.data, `${place}.data`));
  }
  return (data) => {
    const body = decode(data);
    if (body === undefined) return false;
    const parsed = parseJson(body);
    return parsed === undefined
      ? forText.some((rule) => rule([body]))
      : forJson.some((pattern) => pattern(parsed.value));
  };
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(data: Buffer): string | undefined {
  try {
    return utf8.decode(data);
  } catch {
    return undefined;
  }
}

/** Only an object counts as JSON: `42` and `"text"` are JSON texts too, but patterns address fields. */
function parseJson(body: string): { readonly value: unknown } | undefined {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === 'object' && value !== null ? { value } : undefined;
  } catch {
    return undefined;
  }
}

function compilePattern(pattern: unknown, where: string): Pattern {
  if (!isSection(pattern) || Object.keys(pattern).length === 0) {
    throw refused(where, 'a mapping from fields to lists of rules', pattern);
  }
  const fields = Object.entries(pattern).map(([name, rules]): Pattern => {
    const place = `${where}.${name}`;
    if (name === '$or') return compileOr(rules, place);
    if (Array.isArray(rules)) {
      const rule = compileRules(rules, place);
      return (value) => rule(leaves(fieldOf(value, name)));
    }
    const nested = compilePattern(rules, place);
    return (value) => matchesAny(nested, fieldOf(value, name));
  });
  return (value) => fields.every((matches) => matches(value));
}

function compileOr(alternatives: unknown, where: string): Pattern {
  if (!Array.isArray(alternatives) || alternatives.length < 2) {
    throw refused(where, 'a list of at least two patterns', alternatives);
  }
  const patterns = alternatives.map((pattern, index) => compilePattern(pattern, `${where}[${index}]`));
  return (value) => patterns.some((pattern) => pattern(value));
}

function fieldOf(value: unknown, name: string): unknown {
  return isSection(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** An absent field is matched too: a nested `exists: false` holds for it. */
function matchesAny(pattern: Pattern, value: unknown): boolean {
  return Array.isArray(value) ? value.some(pattern) : pattern(value);
}

/** The values a rule looks at: rules work on leaves, and one of an array's elements is enough. */
function leaves(value: unknown): readonly unknown[] {
  const values = Array.isArray(value) ? value : [value];
  return values.filter((leaf) => leaf !== undefined && (typeof leaf !== 'object' || leaf === null));
}

function compileRules(rules: readonly unknown[], where: string): Rule {
  if (rules.length === 0) throw refused(where, 'a list with at least one rule', rules);
  const compiled = rules.map((rule, index) => compileRule(rule, `${where}[${index}]`));
  return (values) => compiled.some((rule) => rule(values));
}

function compileRule(rule: unknown, where: string): Rule {
  if (typeof rule !== 'object' || rule === null) return (values) => values.includes(rule);
  const [operator, operand, ...more] = isSection(rule) ? Object.entries(rule).flat() : [];
  if (typeof operator !== 'string' || more.length > 0) throw refused(where, 'a value or one operator', rule);
  const place = `${where}.${operator}`;
  switch (operator) {
    case 'exists':
      if (typeof operand !== 'boolean') throw refused(place, 'true or false', operand);
      return (values) => values.length > 0 === operand;
    case 'prefix':
      return onText(operand, place, (value, prefix) => value.startsWith(prefix));
    case 'suffix':
      return onText(operand, place, (value, suffix) => value.endsWith(suffix));
    case 'equals-ignore-case':
      return onText(operand, place, (value, other) => value.toLowerCase() === other.toLowerCase());
    case 'anything-but': {
      const unwanted = excluded(operand, place);
      return (values) => values.some((value) => !unwanted.includes(value));
    }
    case 'numeric':
      return numericRange(operand, place);
    default:
      throw new SettingError(
        `${where} has the operator ${operator}; Lambda knows anything-but, equals-ignore-case, exists, numeric, prefix, suffix`,
      );
  }
}

function onText(operand: unknown, where: string, test: (value: string, operand: string) => boolean): Rule {
  if (typeof operand !== 'string') throw refused(where, 'a text', operand);
  return (values) => values.some((value) => typeof value === 'string' && test(value, operand));
}

function excluded(operand: unknown, where: string): readonly unknown[] {
  const values: readonly unknown[] = Array.isArray(operand) ? operand : [operand];
  if (
    values.length === 0 ||
    !values.every((value) => typeof value === 'string' || typeof value === 'number')
  ) {
    throw refused(where, 'a text, a number, or a list of them', operand);
  }
  return values;
}

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
};

function numericRange(operand: unknown, where: string): Rule {
  const allowed = 'one or two pairs of a comparison (=, <, <=, >, >=) and a number';
  if (!Array.isArray(operand) || (operand.length !== 2 && operand.length !== 4))
    throw refused(where, allowed, operand);
  const tests: ((value: number) => boolean)[] = [];
  for (let at = 0; at < operand.length; at += 2) {
    const bound: unknown = operand[at + 1];
    const compare = Object.hasOwn(comparisons, operand[at]) ? comparisons[operand[at]] : undefined;
    if (compare === undefined || typeof bound !== 'number') throw refused(where, allowed, operand);
    tests.push((value) => compare(value, bound));
  }
  return (values) => values.some((value) => typeof value === 'number' && tests.every((test) => test(value)));
}
