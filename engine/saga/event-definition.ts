import * as z from 'zod';

/**
 * The data of one event type: the version to publish, and every version that can be read. Each type has its own
 * versions. An optional member needs no new version: readers ignore members that they don't know.
 */
export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly version: number;
  readonly schema: Schema;
  /** `upgrade` turns data of the version before into data of this version. */
  readonly earlier?: { readonly definition: EventDefinition; readonly upgrade: (data: never) => unknown };
}

/** The first version of an event's data. */
export const v1 = <Schema extends z.ZodType>(schema: Schema): EventDefinition<Schema> => ({
  version: 1,
  schema,
});

/**
 * The next version. Events are published in it. An event that still comes in an earlier version is read in that one
 * and then upgraded.
 */
export const nextVersion = <Before extends z.ZodType, Schema extends z.ZodType>(
  definition: EventDefinition<Before>,
  schema: Schema,
  upgrade: (data: z.infer<Before>) => z.input<Schema>,
): EventDefinition<Schema> => ({
  version: definition.version + 1,
  schema,
  earlier: { definition, upgrade },
});

/** The data, upgraded to the latest version; undefined if its version is unknown. */
export function readData(
  definition: EventDefinition,
  version: number,
  data: unknown,
): z.ZodSafeParseResult<unknown> | undefined {
  if (version === definition.version) return definition.schema.safeParse(data);
  if (definition.earlier === undefined) return undefined;
  const read = readData(definition.earlier.definition, version, data);
  if (read === undefined || !read.success) return read;
  const { upgrade } = definition.earlier;
  try {
    return definition.schema.safeParse(upgrade(read.data as never));
  } catch (error) {
    // Only this message fails, not its batch.
    const message = `it cannot be upgraded from version ${version}: ${String(error)}`;
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input: data }]) };
  }
}
