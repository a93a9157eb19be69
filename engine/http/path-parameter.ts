import type * as z from 'zod';
import type { Check } from './check.ts';
import { Problem } from './problem.ts';

/** Finds the id in the path. @throws Problem, normally 404: nothing has a malformed id */
export const pathParameter = <Schema extends z.ZodType>(
  name: string,
  schema: Schema,
  malformed = () => new Problem('not-found', `There is nothing with this ${name}.`),
): Check<{ parameter: z.infer<Schema> }> => ({
  tells: {
    parameters: [{ in: 'path', name, schema, isRequired: true, description: '' }],
    problems: [malformed().type],
  },
  before: ({ event, context }) => {
    const parsed = schema.safeParse(event.pathParameters?.[name]);
    if (!parsed.success) throw malformed();
    context.parameter = parsed.data;
  },
});
