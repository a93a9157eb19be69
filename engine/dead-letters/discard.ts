import { isUtf8 } from 'node:buffer';
import { log } from '../environment/log.ts';
import { open } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import type { DeadLetter } from './dead-letter-queues.ts';

/** Lambda cuts a line at 256 KB. In JSON a character takes six bytes at most. */
const MAX_PART = 32 * 1024;

/** Who discards, and why. */
export interface Discarding {
  readonly service: string;
  readonly by: string;
  readonly why: string;
}

/** Removes a dead letter for good. The log keeps all of it that is not personal, in several entries if it is long. */
export function discard(
  saga: Saga,
  about: Readonly<Record<string, unknown>>,
  deadLetter: DeadLetter,
  how: Discarding,
): void {
  const { delivery, reason, lastError } = deadLetter;
  const { contentType, origin, attempts } = delivery;
  const body = impersonal(saga, delivery.body);
  const encoding = isUtf8(body) ? 'utf8' : 'base64';
  const text = body.toString(encoding);
  const parts = Math.max(1, Math.ceil(text.length / MAX_PART));
  for (let part = 1; part <= parts; part += 1) {
    const content = text.slice((part - 1) * MAX_PART, part * MAX_PART);
    const whole = { reason, lastError, contentType, origin, attempts, bytes: delivery.body.length, encoding };
    log('warn', 'dead letter discarded', { ...how, ...about, ...whole, part, parts, body: content });
  }
  // Removed last: after a crash in between it is still there.
  deadLetter.remove();
}

/** What is no event of the saga is kept as it is: nobody knows what is in it. */
function impersonal(saga: Saga, body: Buffer): Buffer {
  const opened = open(saga, body);
  if (!opened.ok) return body;
  return Buffer.from(JSON.stringify({ ...opened.event, data: saga.impersonal(opened.event) }));
}
