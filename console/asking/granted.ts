import type { Arguments, Call, Reply } from '../../api/client.ts';

/** What a call answers that is not refused. */
export type Granted<C extends Call> = C extends Call
  ? Extract<Reply<C>, { readonly status: 200 | 202 }>
  : never;

/** Makes one call of the API. @throws Failure */
export type Ask = <C extends Call>(call: C, ...request: Arguments<C>) => Promise<Granted<C>>;
