import * as z from 'zod';
import type { UserOf } from '../batch/edges.ts';
import { atStart, required } from '../environment/environment.ts';
import { forgetSecret, secret } from '../environment/secret.ts';

/** The shape that Lambda's event source mapping needs too. https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
const Credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });

/**
 * Each service has its own broker user with the service's name. The password comes from BROKER_SECRET in AWS and from
 * BROKER_PASSWORD on a laptop. With neither, all services share the user in RABBITMQ_URL, and the origin of a message
 * cannot be checked.
 */
export const brokerUserOf: UserOf = (service) =>
  process.env.BROKER_SECRET || process.env.BROKER_PASSWORD ? service : sharedUser();

const sharedUser = (): string => decodeURIComponent(new URL(required('RABBITMQ_URL')).username);

/** @throws Error as Lambda starts a function that has no address of the broker, or nothing to log in with */
export const brokerAtStart = (): void =>
  atStart(() => {
    const { username } = new URL(required('RABBITMQ_URL'));
    if (username === '' && !process.env.BROKER_PASSWORD) required('BROKER_SECRET');
  });

/** Call it when the broker refuses the credentials: the next attempt reads them again. */
export function forgetBrokerCredentials(): void {
  const id = process.env.BROKER_SECRET;
  if (id) forgetSecret(id);
}

/** The broker's address with the service's own credentials. */
export async function brokerUrlOf(service: string): Promise<string> {
  const url = new URL(required('RABBITMQ_URL'));
  const id = process.env.BROKER_SECRET;
  const password = process.env.BROKER_PASSWORD;
  const own = id
    ? Credentials.parse(JSON.parse(await secret(id)))
    : password
      ? { username: service, password }
      : undefined;
  if (own !== undefined) {
    url.username = encodeURIComponent(own.username);
    url.password = encodeURIComponent(own.password);
  }
  return url.href;
}
