import type { Edges } from '../batch/edges.ts';

/**
 * When a call begins no more work. With reading and what may be under way then, it stays well below the 29 s that API
 * Gateway and the function have. https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const WORKING_MS = 15_000;
/** Lambda answers with 6 MB at most. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

/** A call's limits. It deals with one dead letter at least, so that calling again comes to an end. */
export class Budget {
  readonly #now: Edges['now'];
  readonly #untilMs: number;
  #bytes = 0;

  /** @param now the clock of the call, which begins now */
  constructor(now: Edges['now']) {
    this.#now = now;
    this.#untilMs = now() + WORKING_MS;
  }

  /** The results of as many inputs, from the first one on, as time and the answer's size allow. One after another. */
  async spend<In, Out>(inputs: readonly In[], work: (input: In) => Out | Promise<Out>): Promise<Out[]> {
    const results: Out[] = [];
    for (const input of inputs) {
      if (results.length > 0 && (this.#now() > this.#untilMs || this.#bytes > MAX_ANSWER_BYTES)) break;
      const result = await work(input);
      this.#bytes += Buffer.byteLength(JSON.stringify(result));
      results.push(result);
    }
    return results;
  }
}
