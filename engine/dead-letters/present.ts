import { open } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import type { NamedView, ShownView } from './dead-letter-view.ts';
import type { Placed } from './page.ts';

/** Enough of a body to recognise the message. */
const MAX_BODY_SHOWN = 4_096;

/** What tells a dead letter from others. */
export function identify(saga: Saga, { delivery, digest }: Placed) {
  const opened = open(saga, delivery.body);
  return {
    messageId: delivery.messageId,
    digest,
    type: delivery.type,
    [saga.id.name]: opened.ok ? opened.event.subject : undefined,
  } satisfies NamedView;
}

/** `bytes`: the size of the whole body, of which `body` may be the beginning. */
export function present(saga: Saga, deadLetter: Placed) {
  const { delivery, reason, lastError } = deadLetter;
  return {
    ...identify(saga, deadLetter),
    reason,
    lastError,
    attempts: delivery.attempts,
    bytes: delivery.body.length,
    body: delivery.body.toString('utf8', 0, MAX_BODY_SHOWN * 4).slice(0, MAX_BODY_SHOWN),
  } satisfies ShownView;
}
