import type { CloudFormationCustomResourceEvent } from 'aws-lambda';
import * as z from 'zod';
import { required } from '../../../engine/environment/environment.ts';
import { log } from '../../../engine/environment/log.ts';
import { fetchSecret } from '../../../engine/environment/secret.ts';
import { within } from '../../../engine/rabbitmq/within.ts';
import { shop } from '../../../functions/shop.ts';
import { applyTopology } from '../../broker/apply.ts';
import { applyUsers, isAccepted } from '../../broker/management.ts';
import { configuredTopology } from '../../broker/topology.ts';
import { administrator, usersOf } from '../../broker/users.ts';
import { isOfCloudFormation } from './answer-address.ts';
import { secretNamed } from './secret-names.ts';

const Credentials = z.object({ username: z.string(), password: z.string() });
type Credentials = z.infer<typeof Credentials>;

type Answer = { readonly Status: 'SUCCESS' } | { readonly Status: 'FAILED'; readonly Reason: string };

/** The function has two minutes. Without an answer CloudFormation waits for an hour. */
export const APPLY_TIMEOUT_MS = 100_000;
export const ANSWER_TIMEOUT_MS = 10_000;

/** CloudFormation truncates a longer reason. */
const MAX_REASON_LENGTH = 1_000;

export type TopologyFunction = (
  event: Pick<CloudFormationCustomResourceEvent, 'RequestType'> & Partial<CloudFormationCustomResourceEvent>,
) => Promise<void>;

/**
 * The custom resource that applies the topology and the users of this version of the code. Addresses and secrets come from
 * the function's environment alone: whoever may call it could otherwise send the administrator's password anywhere. If the
 * broker refuses, the deployment fails with instructions before any function that publishes or consumes changes. Deleting
 * the stack leaves the queues, because they hold messages.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/crpg-ref.html
 */
export function topologyFunction(mayAnswer: (url: string) => boolean = isOfCloudFormation): TopologyFunction {
  return async (event) => {
    let answer: Answer = { Status: 'SUCCESS' };
    try {
      if (event.RequestType !== 'Delete') await within(APPLY_TIMEOUT_MS, apply());
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      log('error', 'topology not applied', { reason });
      answer = { Status: 'FAILED', Reason: reason.slice(0, MAX_REASON_LENGTH) };
    }
    await respond(event, answer, mayAnswer);
  };
}

export const handler = topologyFunction();

async function apply(): Promise<void> {
  const amqpUrl = required('RABBITMQ_URL');
  const managementUrl = process.env.RABBITMQ_MANAGEMENT_URL || managementUrlOf(amqpUrl);
  const admin = await administratorIn(required('BROKER_ADMIN_SECRET'), managementUrl);
  const secrets = required('BROKER_SECRETS');
  const settings = {
    RETRY_DELAYS: process.env.RETRY_DELAYS ?? '',
    QUEUE_SHARDS: process.env.QUEUE_SHARDS ?? '',
  };
  for (const todo of await applyTopology(as(admin, amqpUrl), configuredTopology(shop, settings))) {
    log('warn', 'left on the broker', { todo });
  }
  const accounts = await Promise.all(
    usersOf(shop).map(async (user) => {
      const { username, password } = await credentialsIn(secretNamed(secrets, user.name));
      if (username !== user.name)
        throw new Error(`the secret of ${user.name} has the credentials of ${username}`);
      return { user, password };
    }),
  );
  await applyUsers(as(admin, managementUrl), accounts);
}

/** After a change in Secrets Manager the broker has the previous password: log in with it to set the new one. */
async function administratorIn(id: string, managementUrl: string): Promise<Credentials> {
  const current = await credentialsIn(id);
  if (await isAccepted(as(current, managementUrl))) return current;
  // Before the first change there is no previous password.
  const previous = await credentialsIn(id, 'AWSPREVIOUS').catch(() => current);
  if (!(await isAccepted(as(previous, managementUrl)))) {
    throw new Error(
      `the broker accepts neither the current nor the previous password in ${id}: put the broker’s password there`,
    );
  }
  await applyUsers(as(previous, managementUrl), [
    { user: administrator(current.username), password: current.password },
  ]);
  return current;
}

/** The same host, over HTTPS. https://docs.aws.amazon.com/amazon-mq/latest/developer-guide/rabbitmq-broker-architecture.html */
const managementUrlOf = (amqpUrl: string): string => `https://${new URL(amqpUrl).hostname}`;

/** Not cached: the function is called because something has changed. */
const credentialsIn = async (id: string, version?: 'AWSPREVIOUS') =>
  Credentials.parse(JSON.parse(await fetchSecret(id, version)));

function as({ username, password }: Credentials, address: string): string {
  const url = new URL(address);
  url.username = encodeURIComponent(username);
  url.password = encodeURIComponent(password);
  return url.href;
}

/** Answers to the signed URL in the event. An event by hand has none, so a failure is thrown instead. */
async function respond(
  event: Parameters<TopologyFunction>[0],
  answer: Answer,
  mayAnswer: (url: string) => boolean,
): Promise<void> {
  const { ResponseURL, StackId, RequestId, LogicalResourceId } = event;
  if (!ResponseURL) {
    if (answer.Status === 'FAILED') throw new Error(answer.Reason);
    return;
  }
  if (!mayAnswer(ResponseURL))
    throw new Error(
      'the ResponseURL is not CloudFormation’s, so it is not answered: call by hand without one',
    );
  const body = JSON.stringify({
    ...{ StackId, RequestId, LogicalResourceId },
    PhysicalResourceId: 'broker-topology',
    ...answer,
  });
  const response = await fetch(ResponseURL, {
    method: 'PUT',
    body,
    headers: { 'content-type': '' },
    signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`CloudFormation did not take the answer: ${response.status}`);
}
