import { setTimeout as delay } from 'node:timers/promises';
import amqp from 'amqplib';
import * as z from 'zod';
import { parseRetryDelays, queueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { applyTopology } from '../../infra/broker/apply.ts';
import { applyUsers } from '../../infra/broker/management.ts';
import { topologyOf } from '../../infra/broker/topology.ts';
import { createTables } from '../../infra/local/dynamodb/tables.ts';
import { region } from '../../infra/local/environment.ts';
import { localAccounts } from '../../infra/local/rabbitmq/accounts.ts';
import { type Plan, stage } from './plan.ts';

const consumersTimeoutMs = 120_000;

/** Tables from the same template as AWS's, topology and users from the same modules. */
export async function prepare({ endpoint, rabbitmq, management, retryDelays }: Plan): Promise<void> {
  await createTables(endpoint, region, stage);
  await applyTopology(rabbitmq, topologyOf(shop, parseRetryDelays(retryDelays)));
  await applyUsers(management, localAccounts);
}

const RestApis = z.object({ item: z.array(z.object({ id: z.string(), name: z.string() })) });

/**
 * The id of the API that was deployed. An emulator reads no more of a signature than the service and the region.
 * https://docs.aws.amazon.com/apigateway/latest/api/API_GetRestApis.html
 */
export async function apiIdAt(endpoint: string): Promise<string> {
  const scope = `test/20260101/${region}/apigateway/aws4_request`;
  const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=none`;
  const response = await fetch(`${endpoint}/restapis`, { headers: { authorization } });
  const { item } = RestApis.parse(await response.json());
  const api = item.find(({ name }) => name === `${stage}-order-saga`);
  if (api === undefined) throw new Error(`LocalStack has no API ${stage}-order-saga`);
  return api.id;
}

/** Resolves when the event source reads every queue. */
export async function untilConsumed(rabbitmq: string, timeoutMs = consumersTimeoutMs): Promise<void> {
  const connection = await amqp.connect(rabbitmq, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    const deadline = performance.now() + timeoutMs;
    for (const service of shop.services) {
      while ((await channel.checkQueue(queueOf(service))).consumerCount === 0) {
        if (performance.now() > deadline) throw new Error(`nobody reads the queue ${queueOf(service)}`);
        await delay(250);
      }
    }
  } finally {
    await connection.close();
  }
}
