import * as z from 'zod';

/** As far as it is used here. https://json-schema.org/draft/2020-12 */
export type JsonSchema = z.core.JSONSchema.JSONSchema;

type Named = Readonly<Record<string, z.ZodType>>;
/** `input`: what a caller or publisher may send; `output`: what comes back. */
type Direction = 'input' | 'output';
/** OpenAPI 3.1 takes the one, and AsyncAPI 3 the other. */
type Dialect = 'draft-2020-12' | 'draft-07';

const COMPONENTS = '#/components/schemas/';

/** Turns zod's schemas into JSON Schema. Those with a name stand among the components, and the others refer to them. */
export class Schemas {
  readonly #named: Named;
  readonly #direction: Direction;
  readonly #dialect: Dialect;

  constructor(named: Named, direction: Direction, dialect: Dialect = 'draft-2020-12') {
    this.#named = named;
    this.#direction = direction;
    this.#dialect = dialect;
  }

  components(): Readonly<Record<string, JsonSchema>> {
    const { $defs, definitions } = this.#converted(z.object(this.#named));
    return ($defs ?? definitions ?? {}) as Record<string, JsonSchema>;
  }

  /** @throws Error if a rule of the schema has no words */
  of(schema: z.ZodType): JsonSchema {
    const name = this.#nameOf(schema);
    if (name !== undefined) return { $ref: `${COMPONENTS}${name}` };
    const { $schema: _, $defs: __, definitions: ___, ...converted } = this.#converted(schema);
    return converted;
  }

  #converted(schema: z.ZodType): JsonSchema {
    const metadata = { get: (each: z.ZodType) => ({ ...each.meta(), id: this.#nameOf(each) }) };
    const converted = z.toJSONSchema(schema, {
      io: this.#direction,
      target: this.#dialect,
      unrepresentable: 'throw',
      metadata: metadata as unknown as typeof z.globalRegistry,
      override: ({ zodSchema, jsonSchema }) => {
        complete(zodSchema, jsonSchema);
        // What comes back has passed all rules.
        if (this.#direction === 'input') sayInWords(zodSchema, jsonSchema);
      },
    });
    const text = JSON.stringify(converted).replaceAll(/#\/(\$defs|definitions)\//g, COMPONENTS);
    if (text.includes(WORDLESS)) throw new Error(`a rule has no words, so describe its schema: ${text}`);
    return JSON.parse(text) as JsonSchema;
  }

  #nameOf(schema: z.ZodType): string | undefined {
    return Object.keys(this.#named).find((name) => this.#named[name] === schema);
  }
}

/** The class of personal data, as documents have it. Members that no document defines begin so. */
const DATA_CLASS = 'x-data';

function complete(schema: z.core.$ZodTypes, json: JsonSchema): void {
  // To zod a list that nobody may change is one that only the server sends.
  delete json.readOnly;
  const { data, ...others } = json;
  delete json.data;
  if (data !== undefined && data !== 'none') json[DATA_CLASS] = data;
  // The format says the same, and can be read.
  if (others.format === 'date-time' || others.format === 'date') delete json.pattern;
  if (others.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  if (others.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
  // A later version may add members to what it sends and reads past those it does not know: only what is strict stays closed.
  if (others.additionalProperties === false && !isStrict(schema)) delete json.additionalProperties;
}

const isStrict = (schema: z.core.$ZodTypes): boolean =>
  schema._zod.def.type === 'object' && schema._zod.def.catchall?._zod.def.type === 'never';

/** Stands where a rule has no words, until a description has them. */
const WORDLESS = 'x-wordless';

/** What JSON Schema cannot say is said in words: each refinement's own message, or the description. */
function sayInWords(schema: z.core.$ZodTypes, json: JsonSchema): void {
  if (json.description !== undefined) delete json[WORDLESS];
  for (const check of schema._zod.def.checks ?? []) {
    const { check: kind, error, path } = check._zod.def as Refinement;
    if (kind !== 'custom') continue;
    const message = typeof error === 'function' ? error({}) : undefined;
    if (typeof message !== 'string') {
      if (json.description === undefined) json[WORDLESS] = true;
      continue;
    }
    const words = `${path === undefined ? capitalized(message) : `\`${path.join('.')}\` ${message}`}.`;
    const { description = '' } = json;
    if (!description.includes(words)) json.description = `${description} ${words}`.trim();
  }
}

interface Refinement {
  readonly check: string;
  readonly error?: (issue: object) => unknown;
  readonly path?: readonly PropertyKey[];
}

const capitalized = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
