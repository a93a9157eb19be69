import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import { ATTEMPTS_HEADER } from '../../../engine/consumer/rabbitmq-event.ts';
import { ERROR_HEADER, REASON_HEADER } from '../../../engine/consumer/settle.ts';
import type { RetryDelay } from '../../../engine/saga/routes.ts';
import type { Message } from '../world/broker.ts';
import { retryDelays } from '../world/world.ts';

/**
 * What is wrong with how a message is dead-lettered: P7 asks that each attempt is counted and waits longer than the one
 * before it, that the last one is followed by the dead-letter queue, with a reason, and that nothing is lost on the way.
 * What is deferred has had no attempt, and says no error: its count stays as it is.
 */
export function flawOfDeadLettering(
  message: OutgoingMessage,
  service: string,
  batch: readonly Message[],
): string | undefined {
  const { messageId } = message;
  // A message may be there twice, each of which has had attempts of its own.
  const flaws = batch
    .filter((delivered) => delivered.messageId === messageId)
    .map((delivered) => flawBeside(message, service, delivered));
  if (flaws.length === 0) return `${messageId} is dead-lettered and was not delivered`;
  return flaws.includes(undefined) ? undefined : `${messageId} ${flaws[0]}`;
}

function flawBeside(
  { exchange, routingKey, body, headers = {}, expirationMs }: OutgoingMessage,
  service: string,
  delivered: Message,
): string | undefined {
  if (!isSame(body, delivered.body)) return 'was changed when it was dead-lettered';
  const { queue } = delivered;
  const attempts = Number(delivered.headers[ATTEMPTS_HEADER] ?? 0);
  if (exchange === `${service}.dead` && routingKey === `${service}.dead`) {
    const reason = String(headers[REASON_HEADER] ?? '');
    if (reason === '') return 'was dead-lettered without a reason';
    const isEarly = reason.startsWith('gave up') && attempts < retryDelays.length;
    return isEarly ? `was given up after ${attempts + 1} attempts` : undefined;
  }
  if (headers[ERROR_HEADER] === undefined) {
    const waits = retryDelays.find(({ name }) => exchange === `${service}.retry.${name}`);
    if (waits === undefined || routingKey !== queue) return `is deferred to ${exchange}/${routingKey}`;
    if (headers[ATTEMPTS_HEADER] !== attempts)
      return `is deferred with ${headers[ATTEMPTS_HEADER]} attempts after ${attempts}`;
    return isWithin(expirationMs, waits) ? undefined : `is deferred for ${expirationMs} ms in ${waits.name}`;
  }
  const delay = retryDelays[attempts];
  if (delay === undefined) return `is tried again after ${attempts + 1} attempts`;
  if (exchange !== `${service}.retry.${delay.name}` || routingKey !== queue)
    return `goes to ${exchange}/${routingKey} after ${attempts + 1} attempts`;
  if (headers[ATTEMPTS_HEADER] !== attempts + 1)
    return `counts ${headers[ATTEMPTS_HEADER]} attempts after ${attempts + 1}`;
  return isWithin(expirationMs, delay) ? undefined : `waits ${expirationMs} ms in ${delay.name}`;
}

const isWithin = (expirationMs: number | undefined, { delayMs }: RetryDelay): boolean =>
  expirationMs === undefined || (expirationMs > 0 && expirationMs <= delayMs);

export const isSame = (a: string | Buffer, b: string | Buffer): boolean =>
  a === b || Buffer.compare(Buffer.from(a), Buffer.from(b)) === 0;
