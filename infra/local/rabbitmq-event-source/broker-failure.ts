import type { Consumption } from './broker-session.ts';
import { messageOf } from './log.ts';

/** Describes a broker's failure in one line, without the password. */
export function describeBrokerFailure(error: Error, { brokerUrl, queue, virtualHost }: Consumption): string {
  const { hostname, port, protocol, username } = new URL(brokerUrl);
  const broker = `RabbitMQ at ${hostname}:${port || (protocol === 'amqps:' ? '5671' : '5672')}`;
  const message = messageOf(error);
  const code = 'code' in error ? error.code : undefined;
  if (typeof code === 'string') return `${broker} cannot be reached (${code})`;
  if (/NOT_FOUND - no queue/.test(message))
    return `queue ${queue} does not exist in virtual host ${virtualHost}`;
  if (/Handshake terminated.*ACCESS-REFUSED/.test(message)) {
    return `${broker} refuses the credentials of user ${decodeURIComponent(username) || 'guest'}`;
  }
  // amqplib hides the broker's reason for not opening a virtual host.
  if (/Expected ConnectionOpenOk/.test(message)) {
    return `virtual host ${virtualHost} does not exist at ${broker}, or its user may not use it`;
  }
  if (/ACCESS.REFUSED/.test(message)) {
    return `user ${decodeURIComponent(username) || 'guest'} may not read queue ${queue} in virtual host ${virtualHost}`;
  }
  return `${broker}: ${message}`;
}
