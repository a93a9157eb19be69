import type * as z from 'zod';
import type { Parameter } from './check.ts';

/** Tells of a query's parameters: each by its schema, and in words what that does not say. */
export const parametersOf =
  <Name extends string>({ shape }: { readonly shape: Readonly<Record<Name, z.ZodType>> }) =>
  (name: Name, description: string): Parameter => ({ in: 'query', name, schema: shape[name], description });
