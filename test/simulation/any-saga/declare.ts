import * as z from 'zod';
import { externalParticipant } from '../../../engine/batch/outside.ts';
import { initiating } from '../../../engine/initiator/initiating.ts';
import { placing } from '../../../engine/initiator/place.ts';
import type { EventDefinitions, Participation } from '../../../engine/saga/declaration.ts';
import { DeclarationError, defineSaga } from '../../../engine/saga/define-saga.ts';
import { v1 } from '../../../engine/saga/event-definition.ts';
import { Resolution } from '../../../engine/saga/external-state.ts';
import { type AnyOutside, externalStep } from '../../../engine/saga/external-step.ts';
import { CallerId } from '../../../engine/saga/ids.ts';
import { initiator } from '../../../engine/saga/initiator.ts';
import { initiatorTable } from '../../../engine/saga/initiator-table.ts';
import type { EventKind } from '../../../engine/saga/kinds.ts';
import { type Deployed, deployed, type Exported } from '../deployment.ts';
import { api } from '../functions.ts';
import { Random } from '../random.ts';

const Text = z.string().min(1).max(40);
const owner = { askerId: CallerId };
const Wanted = z.object({ what: Text });
const Placed = Wanted.extend({ ...owner, fingerprint: z.string(), createdAtMs: z.number() });
type Placed = Readonly<z.infer<typeof Placed>>;

/** One participant as it was drawn. Its step carries a reference of its own, and perhaps whose saga it is. */
interface Drawn {
  readonly service: string;
  readonly consumes: readonly string[];
  readonly says: Readonly<Record<string, EventKind>>;
  readonly events: EventDefinitions;
  readonly voided: string | undefined;
  readonly resolved: string | undefined;
}

/** Draws a participant that acts after some of those drawn before it. */
function drawStep(random: Random, odd: Random, index: number): Drawn {
  const service = `s${index}`;
  const before = ['job.begun', ...Array.from({ length: index }, (_, each) => `s${each}.done`)];
  const first = random.pick(before);
  const consumes = [...new Set([first, ...(random.chance(0.4) ? [random.pick(before)] : [])])];
  const [canFail, canUndo] = [random.chance(0.7), random.chance(0.8)];
  const saysVoid = canUndo && random.chance(0.3);
  const [canWait, canBeStuck] = [odd.chance(0.3), odd.chance(0.3) && canUndo];
  const done = z.object({ [`ref${index}`]: Text, ...(random.chance(0.5) ? owner : {}) });
  return {
    service,
    consumes,
    says: {
      [`${service}.done`]: 'step',
      ...(canFail ? { [`${service}.refused`]: 'failure' as const } : {}),
      ...(canUndo ? { [`${service}.undone`]: 'compensation' as const } : {}),
      ...(saysVoid ? { [`${service}.voided`]: 'compensation' as const } : {}),
      ...(canWait ? { [`${service}.waits`]: 'wait' as const } : {}),
      ...(canBeStuck
        ? { [`${service}.stuck`]: 'impasse' as const, [`${service}.settled`]: 'compensation' as const }
        : {}),
    },
    events: {
      [`${service}.done`]: v1(done),
      ...(canFail ? { [`${service}.refused`]: v1(z.object({ ...owner, code: Text })) } : {}),
      ...(canUndo ? { [`${service}.undone`]: v1(z.object({ when: Text.optional() })) } : {}),
      ...(saysVoid ? { [`${service}.voided`]: v1(z.object({})) } : {}),
      ...(canWait
        ? { [`${service}.waits`]: v1(z.object({ ...owner, waitingFor: z.literal('asker') })) }
        : {}),
      ...(canBeStuck
        ? {
            [`${service}.stuck`]: v1(z.object({ waitingFor: z.literal('person') })),
            [`${service}.settled`]: v1(z.object({ resolution: Resolution })),
          }
        : {}),
    },
    voided: saysVoid ? `${service}.voided` : undefined,
    resolved: canBeStuck ? `${service}.settled` : undefined,
  };
}

const drawListener = (service: string, outcome: string): Drawn => ({
  service,
  consumes: [outcome],
  says: {},
  events: {},
  voided: undefined,
  resolved: undefined,
});

/** What a seed draws: up to five steps after and beside each other, what completes the saga, and who hears how it ended. */
function draw(random: Random, odd: Random) {
  const steps = Array.from({ length: 1 + random.below(5) }, (_, index) => drawStep(random, odd, index));
  const listeners = [
    ...(random.chance(0.3) ? [drawListener('cheer', 'job.succeeded')] : []),
    ...(random.chance(0.3) ? [drawListener('mourn', 'job.failed')] : []),
  ];
  const completes = steps.filter(() => random.chance(0.6)).map(({ service }) => `${service}.done`);
  return { drawn: [...steps, ...listeners], completes: completes.length > 0 ? completes : ['s0.done'] };
}

function declare({ drawn, completes }: ReturnType<typeof draw>) {
  const outcome = v1(z.object({ ...owner, what: Text }));
  const participants = Object.fromEntries(
    drawn.map(({ service, consumes, says }): [string, Participation] => [
      service,
      { consumes, says, record: service },
    ]),
  );
  return defineSaga({
    name: 'any-saga',
    id: { prefix: 'job', name: 'jobId' },
    owner: 'askerId',
    completes,
    events: {
      ...Object.assign({}, ...drawn.map(({ events }) => events)),
      'job.begun': v1(z.object({ ...owner, what: Text })),
      'job.cancelling': v1(z.object(owner)),
      'job.succeeded': outcome,
      'job.failed': outcome,
    } as EventDefinitions,
    participants: {
      job: {
        begins: 'job.begun',
        cancels: 'job.cancelling',
        succeeds: 'job.succeeded',
        fails: 'job.failed',
      },
      ...participants,
    },
  });
}

/** What a declaration drawn from the seed is. Undefined if it could break a promise, and so is refused. */
export function drawSaga(seed: number) {
  const random = new Random(seed, 31);
  // What has come to be drawn later, so that a seed still draws what it did.
  const drawing = draw(random, new Random(seed, 32));
  try {
    return { saga: declare(drawing), ...drawing };
  } catch (error) {
    if (error instanceof DeclarationError) return undefined;
    throw error;
  }
}

/** Deploys a drawn saga. Each participant asks a ledger, with what it has heard. */
export function deployDrawn({ saga, drawn }: NonNullable<ReturnType<typeof drawSaga>>): Deployed {
  const table = initiatorTable(saga, Placed, z.object({}));
  const said = ({ askerId, what }: Placed) => ({ askerId, what });
  const decide = initiator(saga, {
    begin: said,
    succeed: (placed: Placed) => ({ keeps: {}, outcome: said(placed) }),
    fail: said,
    cancel: ({ askerId }: Pick<Placed, 'askerId'>) => ({ askerId }),
  });
  const job = initiating(saga, decide, table, ({ what }) => ({ what }));
  const participants = new Map<string, Exported>([['job', job as unknown as Exported]]);
  for (const { service, consumes, voided, resolved } of drawn) {
    const heard = consumes.map((type) => saga.events[type]?.schema as z.ZodObject);
    const { askerId: _, ...asks } = Object.assign({}, ...heard.map(({ shape }) => shape)) as z.ZodRawShape;
    const step = externalStep(saga, service as never, {
      asks: z.object(asks),
      ...(voided === undefined ? {} : { voided: voided as never }),
      ...(resolved === undefined ? {} : { resolved: resolved as never }),
    });
    participants.set(service, ((outside: AnyOutside) =>
      externalParticipant(step as never, outside)) as unknown as Exported);
  }
  return deployed(saga, participants, {
    functions: { 'place-job': api('job', (edges) => placing(job as never, edges, Wanted as never)) },
  });
}
