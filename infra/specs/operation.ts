import type * as z from 'zod';
import type { Parameter } from '../../engine/http/check.ts';
import type { ProblemType } from '../../engine/http/problem.ts';

/** A header of an answer. */
export type AnswerHeader = 'Location' | 'Link' | 'ETag' | 'Preference-Applied' | 'Cache-Control';

/** An answer that is no problem. */
export interface Answer {
  readonly description: string;
  /** Absent: it has no body. */
  readonly schema?: z.ZodType;
  readonly contentType?: string;
  readonly headers?: readonly AnswerHeader[];
  readonly example?: unknown;
}

/** What a route does, beside what its checks say of themselves. */
export interface Operation {
  readonly summary: string;
  /** What it is about. Without one, the first step of its path. */
  readonly tag?: string;
  readonly description?: string;
  readonly answers: Readonly<Record<number, Answer>>;
  /** What its handler throws. Every function may also answer `internal` and `unavailable`. */
  readonly problems?: readonly ProblemType[];
  /** What is read of the request without a check. */
  readonly parameters?: readonly Parameter[];
  /** A body to send, where it takes one. */
  readonly example?: unknown;
}

/** By route, such as `GET /things/{id}`. */
export type Operations = Readonly<Record<string, Operation>>;
