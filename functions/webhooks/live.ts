import { required } from '../../engine/environment/environment.ts';
import { secret } from '../../engine/environment/secret.ts';
import { liveTable } from '../../engine/live-table.ts';
import { constantCase } from '../../engine/saga/names.ts';
import { subscribers } from '../shop.ts';
import { type Subscriber, secretOf } from '../subscribers.ts';
import { webhooksStep } from './decide.ts';
import { post } from './post.ts';
import { outsideOf, Teller } from './teller.ts';
import { webhooks } from './webhooks.ts';

/** In AWS a secret comes from Secrets Manager, on a laptop from the environment. */
async function secretsOf(subscriber: Subscriber): Promise<string> {
  const variable = `${constantCase(secretOf(subscriber))}_SECRET`;
  const id = process.env[variable];
  return id ? await secret(id) : required(`${variable}_KEY`);
}

export const table = liveTable(webhooksStep());

export const teller = new Teller(table, { post: post(process.env.STAGE === 'local'), secretsOf });

export const participant = webhooks(outsideOf(teller, subscribers));
