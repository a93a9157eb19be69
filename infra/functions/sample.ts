import fc from 'fast-check';
import * as z from 'zod';

type Members = Readonly<Record<string, unknown>>;
/** A schema as JSON Schema says it, as far as it is used here. https://json-schema.org/draft/2020-12 */
type JsonSchema = z.core.JSONSchema.JSONSchema;

const SAMPLES = 16;
const SEED = 1;
/** Keeps sampled lists and texts short. */
const MAX_LENGTH = 3;
const MAX_TEXT = 20;

/**
 * Some data that a schema accepts, always the same.
 * @throws Error saying which member nobody knows how to make up
 */
export function samplesOf(schema: z.ZodType, name: string): readonly Members[] {
  const json = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'throw' });
  // Where members depend on each other, the schema's examples say what fits together.
  const given: readonly unknown[] = json.examples ?? [];
  const drawn =
    given.length > 0 ? given : fc.sample(arbitraryOf(json, name), { numRuns: SAMPLES * 4, seed: SEED });
  // What JSON Schema cannot say, such as a refinement, is left to chance.
  const samples = drawn.filter((data): data is Members => schema.safeParse(data).success).slice(0, SAMPLES);
  if (samples.length > 0) return samples;
  throw new Error(
    `no data could be made up that the schema of ${name} accepts: ${String(schema.safeParse(drawn[0]).error)}`,
  );
}

function arbitraryOf(schema: JsonSchema | boolean, path: string): fc.Arbitrary<unknown> {
  if (typeof schema === 'boolean') return fc.constant({});
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum !== undefined) return fc.constantFrom(...schema.enum);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives !== undefined) return fc.oneof(...alternatives.map((each) => arbitraryOf(each, path)));
  switch (schema.type) {
    case 'object':
      return objectOf(schema, path);
    case 'array':
      return arrayOf(schema, path);
    case 'string':
      return textOf(schema);
    case 'integer':
      return fc.integer(rangeOf(schema));
    case 'number':
      return fc.double({ ...rangeOf(schema), noNaN: true });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    default:
      throw new Error(`${path}: nobody knows how to make up ${JSON.stringify(schema)}`);
  }
}

function objectOf({ properties = {}, required = [] }: JsonSchema, path: string): fc.Arbitrary<unknown> {
  const members: Record<string, fc.Arbitrary<unknown>> = {};
  for (const [name, each] of Object.entries(properties)) members[name] = arbitraryOf(each, `${path}.${name}`);
  return fc.record(members, { requiredKeys: required, noNullPrototype: true });
}

function arrayOf(
  { items, minItems = 0, maxItems = MAX_LENGTH }: JsonSchema,
  path: string,
): fc.Arbitrary<unknown> {
  if (Array.isArray(items) || items === undefined) throw new Error(`${path}: a list of what?`);
  return fc.array(arbitraryOf(items, `${path}[]`), {
    minLength: minItems,
    maxLength: Math.max(minItems, Math.min(maxItems, MAX_LENGTH)),
  });
}

function textOf({
  pattern,
  minLength = 0,
  maxLength = Number.POSITIVE_INFINITY,
}: JsonSchema): fc.Arbitrary<unknown> {
  const isLong = (text: string) => text.length >= minLength && text.length <= maxLength;
  if (pattern !== undefined) return fc.stringMatching(new RegExp(pattern)).filter(isLong);
  return fc.string({ minLength, maxLength: Math.max(minLength, Math.min(maxLength, MAX_TEXT)) });
}

const LARGEST = 2 ** 31 - 1;

const rangeOf = ({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema) => ({
  min: Math.max(Number(minimum ?? Number(exclusiveMinimum ?? -LARGEST - 1) + 1), -LARGEST),
  max: Math.min(Number(maximum ?? Number(exclusiveMaximum ?? LARGEST + 1) - 1), LARGEST),
});
