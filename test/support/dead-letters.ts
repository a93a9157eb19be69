import type { DeadLetterContent } from '../../engine/dead-letters/page.ts';

type Parts = Partial<Omit<DeadLetterContent['delivery'], 'body'>> & {
  readonly body?: string | Buffer;
  readonly reason?: string;
};

/** A dead letter as it is read from its queue. */
export const deadLetterOf = ({
  body = '{}',
  reason = 'not JSON',
  ...delivery
}: Parts): DeadLetterContent => ({
  delivery: {
    queue: 'payment.dead',
    body: Buffer.from(body),
    messageId: '',
    type: '',
    contentType: '',
    origin: '',
    attempts: 0,
    ...delivery,
  },
  reason,
  lastError: undefined,
});
