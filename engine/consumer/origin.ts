import type { UserOf } from '../batch/edges.ts';
import type { AnyFact } from '../saga/declaration.ts';
import { type Opened, open } from '../saga/envelope.ts';
import type { Saga } from '../saga/saga.ts';
import type { Delivery } from './rabbitmq-event.ts';

/** Reads a message, and refuses it unless the service named as its source published it. */
export function openGenuine<Fact extends AnyFact>(
  saga: Saga<Fact>,
  { body, origin }: Delivery,
  userOf: UserOf,
): Opened<Fact> {
  const opened = open(saga, body);
  if (!opened.ok) return opened;
  const { type, source } = opened.event;
  if (origin === userOf(source)) return opened;
  const sender = origin === '' ? 'it has no user id' : `${JSON.stringify(origin)} sent it`;
  return { ok: false, reason: `${type} claims to come from ${source}, but ${sender}` };
}
