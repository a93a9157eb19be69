import { atStart, declaredSecret } from '../../engine/environment/environment.ts';
import { secret } from '../../engine/environment/secret.ts';
import { liveTable } from '../../engine/live-table.ts';
import { subscribers } from '../shop.ts';
import { type Subscriber, secretOf } from '../subscribers.ts';
import { webhooksStep } from './decide.ts';
import { post } from './post.ts';
import { outsideOf, Teller } from './teller.ts';
import { webhooks } from './webhooks.ts';

async function secretsOf(subscriber: Subscriber): Promise<string> {
  const stored = declaredSecret(secretOf(subscriber));
  return 'id' in stored ? await secret(stored.id) : stored.key;
}

/** @throws Error as Lambda starts a function that could not sign for one of the subscribers */
export const secretsAtStart = (): void => atStart(() => subscribers.map(secretOf).map(declaredSecret));

export const table = liveTable(webhooksStep());

export const teller = new Teller(table, { post: post(process.env.STAGE === 'local'), secretsOf });

export const participant = webhooks(outsideOf(teller, subscribers));
