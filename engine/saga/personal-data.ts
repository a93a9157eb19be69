import type * as z from 'zod';

/**
 * What a member of a record or an event says of a person: something; a number that only other books resolve; nothing. Of a
 * saga that is forgotten only the last two are kept.
 */
export type DataClass = 'personal' | 'pseudonymous' | 'none';

/** For a schema's `.meta()`, which has to come last: every other method makes another schema. */
export const personal: { readonly data: DataClass } = { data: 'personal' };
export const pseudonymous: { readonly data: DataClass } = { data: 'pseudonymous' };
export const impersonal: { readonly data: DataClass } = { data: 'none' };

type Members = Readonly<Record<string, unknown>>;
type Shape = Readonly<Record<string, z.ZodType>>;
type Shapes = ReadonlyMap<string, readonly z.ZodType[]>;

/**
 * What is left of data once nobody is to know of whom it was: without its owner, and without what is personal. What has no
 * class is kept.
 */
export function withoutPersonal(schema: z.ZodType, owner: string, data: Members): Members {
  const { [owner]: _, ...others } = data;
  return remaining([schema], others);
}

function remaining(schemas: readonly z.ZodType[], data: Members): Members {
  const shapes = membersOf(schemas);
  const left: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(data)) {
    const declared = shapes.get(name) ?? [];
    const classes = declared.map(classOf);
    if (classes.includes('personal')) continue;
    const isNested = classes.every((each) => each === undefined) && isMembers(value);
    left[name] = isNested ? remaining(declared, value) : value;
  }
  return left;
}

const isMembers = (value: unknown): value is Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The schemas of each member, of all the shapes that the data may have. */
export function membersOf(schemas: readonly z.ZodType[]): Shapes {
  const members = new Map<string, readonly z.ZodType[]>();
  for (const shape of schemas.flatMap(shapesIn)) {
    for (const [name, schema] of Object.entries(shape))
      members.set(name, [...(members.get(name) ?? []), schema]);
  }
  return members;
}

/** The class that a schema has, or the one that it is made of. */
export function classOf(schema: z.ZodType): DataClass | undefined {
  const { data } = (schema.meta() ?? {}) as { readonly data?: DataClass };
  const { innerType } = definitionOf(schema);
  return data ?? (innerType === undefined ? undefined : classOf(innerType));
}

function shapesIn(schema: z.ZodType): readonly Shape[] {
  const { shape, options = [], innerType } = definitionOf(schema);
  if (shape !== undefined) return [shape];
  return [...options, ...(innerType === undefined ? [] : [innerType])].flatMap((each) => shapesIn(each));
}

/** Of an object, of a union, and of what wraps another schema, such as an optional one. */
interface Definition {
  readonly shape?: Shape;
  readonly options?: readonly z.ZodType[];
  readonly innerType?: z.ZodType;
}

const definitionOf = (schema: z.ZodType): Definition => schema.def as Definition;
