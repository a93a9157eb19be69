import * as z from 'zod';
import { classOf } from '../saga/personal-data.ts';
import type { Table } from '../saga/table.ts';

export const History = z
  .array(z.object({ at: z.iso.datetime(), status: z.string(), because: z.string() }))
  .describe('Each step that the service has taken, and what it was taken because of.');

/** What `shown` tells some callers only, or nobody: see record-reader.ts. */
const FOR_SOME = ['action', 'resolution', 'observed'];
const FOR_NOBODY = ['heard'];

/** A participant's record as `shown` shows it, for each of its statuses. Once it is forgotten, what is personal is missing. */
export function recordView({ saga, schema }: Pick<Table<unknown>, 'saga' | 'schema'>): z.ZodType {
  const { options = [schema as z.ZodObject] } = schema.def as { readonly options?: readonly z.ZodObject[] };
  const views = options.map((state) => {
    const hidden = new Set([saga.owner, ...FOR_NOBODY]);
    const members = Object.entries<z.ZodType>(state.shape).filter(([name]) => !hidden.has(name));
    return z.object({
      [saga.id.name]: saga.id.schema,
      ...Object.fromEntries(
        members.map(([name, schema]) => [name, FOR_SOME.includes(name) ? z.optional(schema) : kept(schema)]),
      ),
      updatedAt: z.iso.datetime(),
      history: History,
    });
  });
  return z.union(views);
}

/** A member of which only what is not personal may be left. */
function kept(schema: z.ZodType): z.ZodType {
  if (classOf(schema) === 'personal') return z.optional(schema);
  if (classOf(schema) !== undefined || !(schema instanceof z.ZodObject)) return schema;
  const members = Object.entries<z.ZodType>(schema.shape).map(([name, each]) => [name, kept(each)]);
  return z.object(Object.fromEntries(members));
}
