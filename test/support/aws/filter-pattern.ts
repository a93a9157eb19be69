type Entry = Readonly<Record<string, unknown>>;
type Term = { readonly field: string; readonly operator: string; readonly value: string | number };

/**
 * The part of CloudWatch's JSON patterns that is used here: comparisons of fields with a text or a number, which must
 * all hold. A line that is not a JSON object never matches.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntaxForMetricFilters.html
 *
 * @throws SyntaxError for any other pattern
 */
export function filter(pattern: string): (line: string) => Entry | undefined {
  const [, terms] = /^\{ (.+) \}$/.exec(pattern) ?? [];
  if (terms === undefined) throw new SyntaxError(`not a pattern for JSON: ${pattern}`);
  const wanted = terms.split(' && ').map(parseTerm);
  return (line) => {
    const entry = entryIn(line);
    return entry !== undefined && wanted.every((term) => holds(term, entry[term.field])) ? entry : undefined;
  };
}

function parseTerm(text: string): Term {
  const [, field, operator, value] = /^\$\.(\w+) (=|>=) ("[^"]*"|\d+)$/.exec(text) ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    throw new SyntaxError(`this part of a pattern is not understood: ${text}`);
  }
  return { field, operator, value: JSON.parse(value) as string | number };
}

const holds = ({ operator, value }: Term, found: unknown): boolean =>
  operator === '=' ? found === value : typeof found === 'number' && found >= Number(value);

function entryIn(line: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Entry) : undefined;
  } catch {
    return undefined;
  }
}
