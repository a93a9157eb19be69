import { type Span, SpanKind } from '@opentelemetry/api';
import type { Participant, Work } from '../batch/participant.ts';
import type { Outcome } from '../batch/run.ts';
import { beginSpan, contextIn, failSpan, linksTo } from './spans.ts';
import { tracingBegun } from './tracing.ts';

type AnyParticipant = Pick<Participant<never, never, never>, 'saga' | 'service'>;
type AnyWork = Work<{ readonly type: string }>;

/**
 * The spans of a batch: one of its own, which begins a trace, and one for each piece of its work, in the trace of its saga.
 * The parent of such a piece is whoever caused it, and it is linked to its batch, as the batch is to all of its pieces.
 * https://opentelemetry.io/docs/specs/semconv/messaging/messaging-spans/
 */
export class BatchSpans {
  readonly #batch: Span;
  readonly #pieces: readonly Span[];

  /** Begins them. `verb`: what is done with each piece. */
  static async of(participant: AnyParticipant, verb: string, works: readonly AnyWork[]): Promise<BatchSpans> {
    await tracingBegun();
    return new BatchSpans(participant, verb, works);
  }

  private constructor({ saga, service }: AnyParticipant, verb: string, works: readonly AnyWork[]) {
    const kind = SpanKind.CONSUMER;
    this.#batch = beginSpan(service, `${verb} batch`, {
      kind,
      links: works.flatMap(({ traceparent }) => linksTo(traceparent)),
      attributes: { 'messaging.batch.message_count': works.length },
    });
    this.#pieces = works.map(({ sagaId, input, traceparent }) =>
      beginSpan(service, `${verb} ${input.type}`, {
        parent: traceparent,
        kind,
        links: [{ context: this.#batch.spanContext() }],
        attributes: { [saga.id.name]: sagaId },
      }),
    );
  }

  /** The same work; what it says and asks is caused by its span. */
  within<W extends AnyWork>(works: readonly W[]): readonly W[] {
    return works.map((work, index) => {
      const span = this.#pieces[index];
      return { ...work, traceparent: (span && contextIn(span)) ?? work.traceparent };
    });
  }

  /** All is settled. */
  end(outcomes: readonly Outcome<{ readonly status: string }>[]): void {
    for (const [index, span] of this.#pieces.entries()) {
      const outcome = outcomes[index];
      const status = outcome?.record?.state.status;
      span.setAttributes({
        'saga.outcome': outcome?.kind ?? 'unknown',
        ...(status === undefined ? {} : { 'saga.status': status }),
      });
      if (outcome?.kind === 'failed') failSpan(span, outcome.error);
      span.end();
    }
    this.#batch.end();
  }

  /** Nothing is settled: the batch comes again. */
  fail(error: unknown): void {
    for (const span of [...this.#pieces, this.#batch]) {
      failSpan(span, error);
      span.end();
    }
  }
}
