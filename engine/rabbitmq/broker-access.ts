import * as z from 'zod';
import type { UserOf } from '../batch/edges.ts';
import { required } from '../environment/environment.ts';
import { forgetSecret, secret } from '../environment/secret.ts';

/** As Lambda's event source mapping wants it too. https://docs.aws.amazon.com/lambda/latest/dg/with-mq.html */
const Credentials = z.object({ username: z.string().min(1), password: z.string().min(1) });

/**
 * Every service has a broker user of its own, named like itself: in AWS with a password from BROKER_SECRET, on a
 * laptop with BROKER_PASSWORD. With neither, all of them share the user in RABBITMQ_URL, and nobody can tell
 * their messages apart.
 */
export const brokerUserOf: UserOf = (service) =>
  process.env.BROKER_SECRET || process.env.BROKER_PASSWORD ? service : sharedUser();

const sharedUser = (): string => decodeURIComponent(new URL(required('RABBITMQ_URL')).username);

/** For when the broker refuses them: the next ones are read anew. */
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
