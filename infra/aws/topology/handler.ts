import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod';
import { log } from '../../../engine/environment/log.ts';
import { fetchSecret } from '../../../engine/environment/secret.ts';
import { shop } from '../../../functions/shop.ts';
import { applyTopology } from '../../broker/apply.ts';
import { applyUsers, isAccepted } from '../../broker/management.ts';
import { configuredTopology } from '../../broker/topology.ts';
import { administrator, usersOf } from '../../broker/users.ts';

const Properties = z.object({
  AmqpUrl: z.url(),
  /** Where RabbitMQ's HTTP API is, if not where its console is in Amazon MQ. */
  ManagementUrl: z.url().optional(),
  AdminSecret: z.string(),
  /** By the name of the user whose password it is. */
  Secrets: z.record(z.string(), z.string()),
});

const Credentials = z.object({ username: z.string(), password: z.string() });
type Credentials = z.infer<typeof Credentials>;

type Answer = { readonly Status: 'SUCCESS' } | { readonly Status: 'FAILED'; readonly Reason: string };

/** CloudFormation cuts off an answer that is longer. */
const MAX_REASON_LENGTH = 1_000;

/**
 * The custom resource that makes the broker what this version of the code needs. A refusal fails the deployment
 * with its instructions before any function that publishes or consumes changes. Deleting the stack leaves the queues: they hold messages.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  let answer: Answer = { Status: 'SUCCESS' };
  try {
    if (event.RequestType !== 'Delete') await apply(event.ResourceProperties);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log('error', 'topology not applied', { reason });
    answer = { Status: 'FAILED', Reason: reason.slice(0, MAX_REASON_LENGTH) };
  }
  await respond(event, answer);
}

async function apply(properties: unknown): Promise<void> {
  const {
    AmqpUrl,
    ManagementUrl = managementUrlOf(AmqpUrl),
    AdminSecret,
    Secrets,
  } = Properties.parse(properties);
  const admin = await administratorIn(AdminSecret, ManagementUrl);
  const settings = {
    RETRY_DELAYS: process.env.RETRY_DELAYS ?? '',
    QUEUE_SHARDS: process.env.QUEUE_SHARDS ?? '',
  };
  for (const todo of await applyTopology(as(admin, AmqpUrl), configuredTopology(shop, settings))) {
    log('warn', 'left on the broker', { todo });
  }
  const accounts = await Promise.all(
    usersOf(shop).map(async (user) => {
      const { username, password } = await credentialsIn(Secrets[user.name] ?? '');
      if (username !== user.name) throw new Error(`the secret of ${user.name} is the one of ${username}`);
      return { user, password };
    }),
  );
  await applyUsers(as(admin, ManagementUrl), accounts);
}

/** A password that was changed in Secrets Manager is news to the broker, which hears it from whom it still believes. */
async function administratorIn(id: string, managementUrl: string): Promise<Credentials> {
  const current = await credentialsIn(id);
  if (await isAccepted(as(current, managementUrl))) return current;
  // There is none before the first change.
  const previous = await credentialsIn(id, 'AWSPREVIOUS').catch(() => current);
  if (!(await isAccepted(as(previous, managementUrl)))) {
    throw new Error(
      `the broker lets the administrator in with neither the password in ${id} nor the one before it: put the one it knows there`,
    );
  }
  await applyUsers(as(previous, managementUrl), [
    { user: administrator(current.username), password: current.password },
  ]);
  return current;
}

/** The same host, over HTTPS. https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-broker-architecture.html */
const managementUrlOf = (amqpUrl: string): string => `https://${new URL(amqpUrl).hostname}`;

/** Never from a cache: it is called because something was changed. */
const credentialsIn = async (id: string, version?: 'AWSPREVIOUS') =>
  Credentials.parse(JSON.parse(await fetchSecret(id, version)));

function as({ username, password }: Credentials, address: string): string {
  const url = new URL(address);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** To the address that the event names, which is signed; there is none when it is invoked by hand. */
async function respond(event: CloudFormationCustomResourceEvent, answer: Answer): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
  if (!ResponseURL) {
    if (answer.Status === 'FAILED') throw new Error(answer.Reason);
    return;
  }
  const body = JSON.stringify({
    ...{ StackId, RequestId, LogicalResourceId },
    PhysicalResourceId: 'broker-topology',
    ...answer,
  });
  const response = await fetch(ResponseURL, { method: 'PUT', body, headers: { 'content-type': '' } });
  if (!response.ok) throw new Error(`CloudFormation was not told: ${response.status}`);
}
