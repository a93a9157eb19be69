import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import Stripe from 'stripe';
import { describe, expect, test } from 'vitest';
import { webhook } from '../../../functions/payment/webhook.ts';
import { shop } from '../../../functions/shop.ts';
import { outsideSecretOf } from '../../../infra/aws/templates/broker.ts';
import { secretsOf } from '../../../infra/functions/variables.ts';
import { projectDir } from '../../../infra/local/project.ts';
import { httpEvent } from '../../support/http-event.ts';
import { MemoryStore } from '../../support/memory-store.ts';
import { RecordingPublisher } from '../../support/recording-publisher.ts';

/** Goal: what docs/stripe.md has somebody set up is what the shop hears. Method: it is compared with the functions. */
const page = readFileSync(join(projectDir, 'docs/stripe.md'), 'utf8');

const never = () => {
  throw new Error('nobody is asked');
};
const secret = 'whsec_docs';
const hear = webhook({
  edges: {
    store: new MemoryStore(),
    publisher: new RecordingPublisher(),
    now: Date.now,
    userOf: (service) => service,
  },
  provider: { prepare: never, call: never, undo: never, observe: never },
  connect: never,
  secret: () => secret,
});

/** What the function answers to an event of a payment that is of no order. */
async function answerTo(type: string): Promise<unknown> {
  const payload = JSON.stringify({ id: 'evt_1', object: 'event', type, data: { object: { metadata: {} } } });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  const request = httpEvent({ headers: { 'Stripe-Signature': signature }, body: payload });
  const { body } = await hear(request, {} as never);
  return JSON.parse(body).outcome;
}

describe('the events that Stripe is told to send', () => {
  const types = [...page.matchAll(/`((?:payment_intent|charge|refund)\.[a-z_.]+)`/g)].map(
    ([, type = '']) => type,
  );

  test('are all heard', async () => {
    expect(types.length).toBeGreaterThan(5);
    for (const type of types) expect([type, await answerTo(type)]).toEqual([type, 'of no order']);
  });

  test('tell of every payment, refund and dispute', () => {
    const about = new Set(types.map((type) => type.split('.').slice(0, -1).join('.')));
    expect([...about].toSorted()).toEqual(['charge', 'charge.dispute', 'payment_intent', 'refund']);
  });
});

test('each secret for the outside is named', () => {
  for (const each of secretsOf(shop)) expect(page).toContain(`\`${outsideSecretOf(each)}\``);
});
