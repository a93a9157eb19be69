import type { Service } from '../saga/choreography.ts';
import { type Opened, open } from '../saga/envelope.ts';
import type { Delivery } from './rabbitmq-event.ts';

/** The broker user that a service publishes as. */
export type UserOf = (service: Service) => string;

/** Reads a message and believes it only if it comes from the service that it says it comes from. */
export function openGenuine({ body, origin }: Delivery, userOf: UserOf): Opened {
  const opened = open(body);
  if (!opened.ok) return opened;
  const { type, source } = opened.event;
  if (origin === userOf(source)) return opened;
  const sender = origin === '' ? 'nobody vouches for it' : `${JSON.stringify(origin)} sent it`;
  return { ok: false, reason: `${type} claims to come from ${source}, but ${sender}` };
}
