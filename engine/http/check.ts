import type * as z from 'zod';
import type { Table } from '../saga/table.ts';
import type { Middleware } from './http.ts';
import type { ProblemType } from './problem.ts';
import type { Role } from './role.ts';

/** What one part of a request has to be. */
export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly schema: z.ZodType;
  readonly isRequired?: boolean;
  /** In words, what its schema does not say. */
  readonly description: string;
}

/** What a check or a function says of itself, so that the API's description follows from what is checked. */
export interface Told {
  /** Whom it lets pass; an empty list: whoever has a token. Without this member, whoever calls. */
  readonly roles?: readonly Role[];
  readonly parameters?: readonly Parameter[];
  readonly body?: z.ZodType;
  /** The largest body. */
  readonly maxBytes?: number;
  /** Who need not send the body. */
  readonly noBodyFrom?: Role;
  /** The records of which it answers one. */
  readonly shows?: Pick<Table<unknown>, 'saga' | 'schema'>;
  /** What it may throw. */
  readonly problems?: readonly ProblemType[];
}

/** A check of a request that says of itself what it does. */
export type Check<Found extends object = object> = Middleware<Found> & { readonly tells: Told };
