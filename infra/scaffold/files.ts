import { pascalCase } from '../../engine/saga/names.ts';
import type { Plan } from './plan.ts';

/** The files of a new participant: where each of them goes, and its text. */
export function filesOf(plan: Plan): readonly (readonly [path: string, text: string])[] {
  const folder = `functions/${plan.service}`;
  return [
    [`${folder}/decide.ts`, decide(plan)],
    [`${folder}/outside.ts`, outside(plan)],
    [`${folder}/${plan.service}.ts`, participant(plan)],
    [`${folder}/participate.ts`, participate(plan)],
    [`${folder}/dead-letters.ts`, deadLetters(plan)],
    [`${folder}/count-dead-letters.ts`, countDeadLetters(plan)],
    [`${folder}/get-record.ts`, reader(plan)],
    [`${folder}/get-audit.ts`, audit(plan)],
    [`test/unit/${plan.service}/decide.test.ts`, decisionTest(plan)],
    [`scenarios/${plan.service}.yml`, scenario(plan)],
  ];
}

/** It consumes an outcome, and says nothing of it. */
const isListener = ({ says }: Plan): boolean => says.length === 0;

const typeOf = ({ code }: Plan): string => pascalCase(code);

const decide = (
  plan: Plan,
) => `/** What ${plan.service} sends to the external service, and what it keeps of that. The engine defines the states. */
import * as z from 'zod';
import { externalStep } from '../../engine/saga/external-step.ts';
import { shop } from '../shop.ts';

export const ${plan.code}Step = externalStep(shop, '${plan.service}', {
  // Name what is sent: members of ${plan.consumes.join(' and ')}.
  asks: z.object({}),
});

/** The external service that this step asks. */
export type ${typeOf(plan)}Outside = NonNullable<(typeof ${plan.code}Step)['outside']>;
`;

const outside = (plan: Plan) => `import type { ${typeOf(plan)}Outside } from './decide.ts';

/**
 * Replace it by your client. A repeated call with the same id must return the same answer and have no second effect.
 * If the result is not known, throw: the call is made again. Give every call a timeout, as a call that hangs holds up the queue.
 */
export const outside: ${typeOf(plan)}Outside = {
  call: async (${isListener(plan) ? '' : 'sagaId'}) => ({ done: ${isListener(plan) ? '{}' : '{ reference: sagaId }'} }),
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

/** GET /dead-letters/${plan.service} · POST /dead-letters/${plan.service}/redrive · POST /dead-letters/${plan.service}/discard */
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

const audit = (plan: Plan) => `import { auditReader } from '../../engine/http/audit-reader.ts';
import { liveTable } from '../../engine/live-table.ts';
import { ${plan.code}Step } from './decide.ts';

/** GET /audit/${plan.service} */
export const handler = auditReader(${plan.code}Step, liveTable(${plan.code}Step));
`;

const decisionTest = (plan: Plan) => `import { expect, test } from 'vitest';
import type { AnyFact } from '../../../engine/saga/declaration.ts';
import { ${plan.code}Step } from '../../../functions/${plan.service}/decide.ts';
import { shop } from '../../../functions/shop.ts';
import { inWords } from '../../support/decision-table.ts';
import { ${isListener(plan) ? '' : 'sampledAnswer, '}sampledFact } from '../../support/sampled-facts.ts';

const { consumes${isListener(plan) ? '' : ', says'} } = shop.partOf('${plan.service}');
const { answers, ...is } = ${plan.code}Step.names;
${isListener(plan) ? '' : "const [done = '', refused = '', undone = ''] = Object.keys(says);"}
const [comes, ...others] = consumes.map((type) => sampledFact(shop, type));
const heard = Object.fromEntries(
  others.map(({ type, data }) => [type, { version: shop.versionOf(type), data }]),
);
${isListener(plan) ? '' : 'const cancelled = sampledFact(shop, shop.initiation.cancels);'}
${isListener(plan) ? '' : 'const answered = (type: string, event: string) => ({ type, answer: sampledAnswer(shop, event) });'}

/** In which status, what comes, and what the step makes of it. */
test.each([
  [is.waiting, comes, \`\${is.asking} ⇒ ask\`],
  [is.asking, comes, 'resume ask'],
${
  isListener(plan)
    ? `  [is.asking, { type: answers.done, answer: {} }, \`\${is.done} » (nothing)\`],`
    : `  [is.asking, answered(answers.done, done), \`\${is.done} » \${done}\`],
  [is.asking, answered(answers.refused, refused), \`\${is.refused} » \${refused}\`],
  [is.asking, cancelled, \`\${is.abandoning} ⇒ ask\`],
  [is.done, cancelled, \`\${is.undoing} ⇒ undo\`],
  [is.undoing, answered(answers.undone, undone), \`\${is.undone} » \${undone}\`],
  [is.abandoning, answered(answers.refused, refused), \`\${is.void} » \${undone}\`],
  [is.void, comes, 'repeat'],`
}
] as const)('%s, %o: %s', (status, input, expected) => {
  const decision = ${plan.code}Step.decide({ ${plan.owner}: 'somebody', status, heard }, input as AnyFact);
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
    body: { available: 10, unitPriceMinor: 1290, currency: EUR, reason: counted }
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
  - step: 8 are left
    invoke: get-stock
    as: operator
    path: { sku: mug-$run }
    expect: { status: 200, body: { available: 8 } }
    until: 10
`;
