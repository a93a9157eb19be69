import amqp from 'amqplib';
import { deadQueueOf } from '../../../engine/saga/routes.ts';
import { shop } from '../../../functions/shop.ts';
import { region, tableVariables } from '../../../infra/local/environment.ts';
import { signToken } from '../../../infra/local/identity/sign-token.ts';
import type { System } from '../../../infra/local/system.ts';
import { readBooks } from './books.ts';
import { dataDirName, endpoints, needed, settings } from './given-variables.ts';

/**
 * A running system, given by its endpoints: LocalStack's, or another serverless-offline's. Its tokens are signed with
 * the issuer's key in SAGA_DATA_DIR. It has no parts to kill, and it is not stopped.
 */
export function givenSystem(shell: NodeJS.ProcessEnv): System | undefined {
  const missing = needed.filter((name) => !shell[name]);
  if (missing.length === needed.length) return undefined;
  if (missing.length > 0) throw new Error(`not set: ${missing.join(', ')}`);
  const of = (name: string): string => shell[name] ?? '';
  const setting = (which: keyof typeof settings) => of(settings[which].name) || settings[which].usual;
  const stage = setting('stage');
  const urls = Object.fromEntries(
    Object.entries(endpoints).map(([part, name]) => [part, of(name)]),
  ) as unknown as System['urls'];
  const refuse = () => Promise.reject(new Error('the given system is not ours to stop'));
  const part = { title: 'given', pid: undefined, start: refuse, stop: refuse, kill: refuse };
  return {
    urls,
    environment: {
      STAGE: stage,
      RETRY_DELAYS: setting('retryDelays'),
      BROKER_PASSWORD: setting('brokerPassword'),
      ...tableVariables(shop, stage),
      RABBITMQ_URL: urls.rabbitmq,
      AWS_ENDPOINT_URL_LAMBDA: urls.lambda,
      ...{ AWS_REGION: region, AWS_ACCESS_KEY_ID: 'local', AWS_SECRET_ACCESS_KEY: 'local' },
    },
    parts: { rabbitmq: part, dynamodb: part, payments: part, issuer: part, api: part, console: part },
    signToken: (request) => signToken(of(dataDirName), { issuer: urls.issuer, ...request }),
    stop: () => Promise.resolve(),
    kill: refuse,
  };
}

/**
 * Prepares a given system for another test file: drops the dead letters of earlier files. Returns the ids of the orders
 * that exist already.
 */
export async function takeOver(system: System): Promise<ReadonlySet<string>> {
  const connection = await amqp.connect(system.urls.rabbitmq, { noDelay: true });
  try {
    const channel = await connection.createChannel();
    for (const service of shop.services) await channel.purgeQueue(deadQueueOf(service));
  } finally {
    await connection.close();
  }
  const { records, ledger } = await readBooks({ system, before: new Set() });
  const known = Object.values(records).flatMap((each) => [...each.keys()]);
  return new Set([...known, ...Object.keys(ledger)]);
}
