import * as z from 'zod';

/**
 * The data of one event type: the version that is said, and every version that can be read. Versions are counted for
 * each type by itself. A member that may be missing needs no new version: readers leave out what they don't know.
 */
export interface EventDefinition<Schema extends z.ZodType = z.ZodType> {
  readonly version: number;
  readonly schema: Schema;
  /** Makes data of this version of data of the one before. */
  readonly earlier?: { readonly definition: EventDefinition; readonly upgrade: (data: never) => unknown };
}

/** The first version of an event's data. */
export const v1 = <Schema extends z.ZodType>(schema: Schema): EventDefinition<Schema> => ({
  version: 1,
  schema,
});

/**
 * The version after another. What is said has this one; what still comes in an earlier one is read as that and then
 * upgraded.
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

/** The data as the latest version has it; undefined if the version is unknown. */
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
    // Its own message fails, and not the batch that it came with.
    const message = `it cannot be upgraded from version ${version}: ${String(error)}`;
    return { success: false, error: new z.ZodError([{ code: 'custom', path: [], message, input: data }]) };
  }
}
