import { pascalCase } from '../../engine/saga/names.ts';
import type { Plan } from './plan.ts';

/** The files of a new participant, by path. */
export function filesOf(plan: Plan): Readonly<Record<string, string>> {
  const folder = `functions/${plan.service}`;
  return {
    [`${folder}/decide.ts`]: decide(plan),
    [`${folder}/outside.ts`]: outside(plan),
    [`${folder}/${plan.service}.ts`]: participant(plan),
    [`${folder}/participate.ts`]: participate(plan),
    [`${folder}/dead-letters.ts`]: deadLetters(plan),
    [`${folder}/count-dead-letters.ts`]: countDeadLetters(plan),
    [`${folder}/get-record.ts`]: reader(plan),
    [`test/unit/${plan.service}/decide.test.ts`]: decisionTest(plan),
    [`scenarios/${plan.service}.yml`]: scenario(plan),
  };
}

const typeOf = ({ code }: Plan): string => pascalCase(code);

const decide = (
  plan: Plan,
) => `/** What is asked outside for ${plan.service}, and what is kept of it. Its states are the engine's. */
import * as z from 'zod';
import { externalStep } from '../../engine/saga/external-step.ts';
import { shop } from '../shop.ts';

export const ${plan.code}Step = externalStep(shop, '${plan.service}', {
  // Name here what the outside is asked with: members of ${plan.consumes.join(' and ')}.
  asks: z.object({}),
});

/** The world outside that this step asks. */
export type ${typeOf(plan)}Outside = NonNullable<(typeof ${plan.code}Step)['outside']>;
`;

const outside = (plan: Plan) => `import type { ${typeOf(plan)}Outside } from './decide.ts';

/**
 * Stands in for the world outside: replace it by your client. Whoever asks again, with the same id, must get the same
 * answer and no second effect; what is not known must throw, and is asked again later.
 */
export const outside: ${typeOf(plan)}Outside = {
  call: async (${plan.says === undefined ? '' : 'sagaId'}) => ({ done: ${plan.says === undefined ? '{}' : '{ reference: sagaId }'} }),
  undo: async () => ({}),
};
`;

const participant = (plan: Plan) => `import { externalParticipant } from '../../engine/batch/outside.ts';
import { type ${typeOf(plan)}Outside, ${plan.code}Step } from './decide.ts';

/** The ${plan.service} service's part in the saga. */
export const ${plan.code} = (outside: ${typeOf(plan)}Outside) => externalParticipant(${plan.code}Step, outside);
`;

const participate = (plan: Plan) => `import { consume } from '../../engine/consumer/consume.ts';
import { liveEdges, retryDelays } from '../../engine/live.ts';
import { outside } from './outside.ts';
import { ${plan.code} } from './${plan.service}.ts';

/** The queue \`${plan.service}\`. */
export const handler = consume(${plan.code}(outside), liveEdges(${plan.code}(outside)), retryDelays());
`;

const deadLetters = (plan: Plan) => `import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import { liveEdges, liveDeadLetterQueues } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { outside } from './outside.ts';
import { ${plan.code} } from './${plan.service}.ts';

/** GET /dead-letters/${plan.service} · POST /dead-letters/${plan.service}/redrive */
const participant = ${plan.code}(outside);
export const handler = deadLetters(participant, liveEdges(participant, HASTY), () => liveDeadLetterQueues(participant, HASTY));
`;

const countDeadLetters = (
  plan: Plan,
) => `import { countDeadLetters } from '../../engine/dead-letters/count-dead-letters.ts';
import { liveDeadLetterCount } from '../../engine/live.ts';
import { HASTY } from '../../engine/rabbitmq/publisher.ts';
import { ${plan.code}Step } from './decide.ts';

export const handler = countDeadLetters('${plan.service}', liveDeadLetterCount(${plan.code}Step, HASTY));
`;

const reader = (plan: Plan) => `import { recordReader } from '../../engine/http/record-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { ${plan.code}Step } from './decide.ts';

/** GET /orders/{orderId}/${plan.record} */
export const handler = recordReader(${plan.code}Step, liveTable(${plan.code}Step));
`;

const decisionTest = (plan: Plan) => `import { expect, test } from 'vitest';
import { ${plan.code}Step } from '../../../functions/${plan.service}/decide.ts';
import { shop } from '../../../functions/shop.ts';
import { inWords } from '../../support/decision-table.ts';

const { consumes${plan.says === undefined ? '' : ', says'} } = shop.partOf('${plan.service}');
${plan.says === undefined ? '' : 'const [done, refused, undone] = Object.keys(says);'}
const data = { ${plan.owner}: 'somebody' };
const heard = Object.fromEntries(consumes.slice(1).map((type) => [type, data]));
const comes = { type: consumes[0] ?? '', data };
${plan.says === undefined ? '' : 'const cancelled = { type: shop.initiation.cancels, data };'}
const answered = (answer: string) => ({ type: \`call.\${answer}\`, answer: {} });

/** In which status, what comes, and what the step makes of it. */
test.each([
  ['WAITING', comes, 'ASKING ⇒ ask'],
  ['ASKING', comes, 'resume ask'],
${
  plan.says === undefined
    ? "  ['ASKING', answered('done'), 'DONE » (nothing)'],"
    : `  ['ASKING', answered('done'), \`DONE » \${done}\`],
  ['ASKING', answered('refused'), \`REFUSED » \${refused}\`],
  ['ASKING', cancelled, 'ABANDONING ⇒ ask'],
  ['DONE', cancelled, 'UNDOING ⇒ undo'],
  ['UNDOING', { type: 'undo.done', answer: {} }, \`UNDONE » \${undone}\`],
  ['ABANDONING', answered('refused'), \`VOID » \${undone}\`],
  ['VOID', comes, 'repeat'],`
}
] as const)('%s, %o: %s', (status, input, expected) => {
  const decision = ${plan.code}Step.decide({ ...data, status, heard }, input);
  expect(inWords(decision, (state) => state.status)).toBe(expected);
});
`;

const scenario = (plan: Plan) => `about: 'An order that ${plan.service} takes part in.'
steps:
  - step: There is stock
    invoke: put-stock
    as: operator
    method: PUT
    path: { sku: mug-$run }
    body: { available: 10, unitPriceMinor: 1290, currency: EUR }
    expect: { status: 200 }
  - step: Alice orders 2
    invoke: place-order
    as: alice
    method: POST
    headers: { Idempotency-Key: saga-$run }
    body: { items: [{ sku: mug-$run, quantity: 2 }], paymentMethod: pm_card_visa }
    expect: { status: 202 }
    keep: { orderId: body.orderId }
  - step: It ends CONFIRMED
    invoke: get-order
    as: alice
    path: { orderId: $orderId }
    expect: { status: 200, body: { status: CONFIRMED } }
    until: 20
`;
