import { type Arguments, type Call, clientOf, type Reply } from '../../api/client.ts';
import { Failure, failureOf } from './failure.ts';
import type { Ask, Granted } from './granted.ts';

/** The proxy of the console's own origin, which says who calls. `signal` ends the calls. */
export function asking(signal?: AbortSignal): Ask {
  const call = clientOf(`${location.origin}/api`, undefined, (to, init) =>
    fetch(to, { ...init, ...(signal === undefined ? {} : { signal }) }),
  );
  return async <C extends Call>(name: C, ...request: Arguments<C>) => {
    let reply: Reply<C>;
    try {
      reply = await call(name, ...request);
    } catch (error) {
      if (signal?.aborted === true) throw error;
      throw new Failure(
        navigator.onLine
          ? 'The console’s server does not answer. Does npm start still run?'
          : 'This machine is offline.',
      );
    }
    const { status, body, headers } = reply as { status: number; body: unknown; headers: Headers };
    if ((status !== 200 && status !== 202) || typeof body !== 'object')
      throw failureOf(status, body, headers.get('retry-after'));
    return reply as Granted<C>;
  };
}
