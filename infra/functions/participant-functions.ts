import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { queueOf } from '../../engine/saga/routes.ts';
import type { Part, Saga } from '../../engine/saga/saga.ts';
import { projectDir, sagaFolder } from '../local/project.ts';

/** A function as in serverless.yml. The framework resolves the variables in it. */
export type FunctionDefinition = {
  readonly handler: string;
  reservedConcurrency?: number;
  readonly maximumRetryAttempts?: number;
  readonly maximumEventAge?: number;
  readonly events: readonly FunctionEvent[];
};

type FunctionEvent =
  | { readonly http: { readonly method: string; readonly path: string; readonly authorizer: string } }
  | { readonly schedule: { readonly rate: string; readonly enabled: boolean | string } }
  | { readonly rabbitmq: Readonly<Record<'arn' | 'basicAuthArn' | 'queue', string>> & QueueSettings };

type QueueSettings = { readonly batchSize: number; readonly maximumBatchingWindow: number };

type Named = readonly (readonly [name: string, definition: FunctionDefinition])[];

/** The consumer of a service's queue has the service's name. */
export const consumerOf = (service: string): string => service;
export const deadLettersOf = (service: string): string => `${service}-dead-letters`;
export const auditOf = (service: string): string => `get-${service}-audit`;
export const counterOf = (service: string): string => `count-${service}-dead-letters`;
export const readerOf = (record: string): string => `get-${record}`;
export const resolverOf = (record: string): string => actorOf('resolve', record);
export const actorOf = (act: string, record: string): string => `${act}-${record}`;

/** Whether an operator may have to settle what the outside does not undo. */
export const canBeStuck = (says: Part['says']): boolean => Object.values(says).includes('impasse');

/** The functions that every participant of a saga has, and those of the initiator, by name. */
export const participantFunctions = (saga: Saga): Named => [
  ...initiatorFunctions(saga),
  ...saga.services.flatMap((service) => functionsOf(saga, saga.partOf(service))),
];

/** What those of one participant are called. */
export const functionNamesOf = (saga: Saga, part: Described): readonly string[] =>
  functionsOf(saga, part).map(([name]) => name);

/** What the functions of a participant follow from. */
type Described = Pick<Part, 'service' | 'record' | 'says' | 'acts'>;

const functionsOf = (saga: Saga, { service, record, says, acts = [] }: Described): Named => [
  ...(record === undefined ? [] : [[readerOf(record), reader(saga, service, record)] as const]),
  ...(record === undefined || !canBeStuck(says)
    ? []
    : [[resolverOf(record), resolver(saga, service, record)] as const]),
  ...(record === undefined
    ? []
    : acts.map((act) => [actorOf(act, record), actor(saga, service, record, act)] as const)),
  [consumerOf(service), consumer(service)],
  [deadLettersOf(service), deadLetters(service)],
  [auditOf(service), audit(service)],
  [counterOf(service), counter(service)],
];

/** Each function has a file in its service's folder. Where the service is one file, that exports all of them. */
const handlerIn = (service: string, file: string): string =>
  existsSync(join(projectDir, sagaFolder, `${service}.ts`))
    ? `${sagaFolder}/${service}.${file.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase())}`
    : `${sagaFolder}/${service}/${file}.handler`;

/** A setting of serverless.yml. */
const custom = (name: string): string => `\${self:custom.${name}}`;

const http = (method: string, path: string): FunctionEvent => ({
  http: { method, path, authorizer: custom('authorizer') },
});

const consumer = (service: string): FunctionDefinition => ({
  handler: handlerIn(service, 'participate'),
  // One invocation at a time reads the queue. The reservation keeps a flood of requests from taking its place.
  reservedConcurrency: 2,
  events: [
    {
      rabbitmq: {
        arn: custom('broker'),
        basicAuthArn: custom('brokerSecret'),
        queue: queueOf(service),
        batchSize: 100,
        maximumBatchingWindow: 0,
      },
    },
  ],
});

const deadLetters = (service: string): FunctionDefinition => ({
  handler: handlerIn(service, 'dead-letters'),
  reservedConcurrency: 2,
  events: [
    http('get', `dead-letters/${service}`),
    http('post', `dead-letters/${service}/redrive`),
    http('post', `dead-letters/${service}/discard`),
  ],
});

/** Who did what to this service, for auditors. */
const audit = (service: string): FunctionDefinition => ({
  handler: handlerIn(service, 'get-audit'),
  events: [http('get', `audit/${service}`)],
});

/** The next run comes in a minute. Lambda would try a failed one twice more, and keep what waits for six hours. */
const oncePerMinute = { maximumRetryAttempts: 0, maximumEventAge: 60 };

const counter = (service: string): FunctionDefinition => ({
  handler: handlerIn(service, 'count-dead-letters'),
  reservedConcurrency: 1,
  ...oncePerMinute,
  // For the alarm, which a laptop does not have; infra/aws/plugin.ts turns it on.
  events: [{ schedule: { rate: 'rate(1 minute)', enabled: false } }],
});

/** A participant's record stands below its saga: get-payment answers GET /orders/{orderId}/payment. */
const reader = (saga: Saga, service: string, record: string): FunctionDefinition => ({
  handler: handlerIn(service, 'get-record'),
  events: [http('get', `${pathOf(saga)}/${record}`)],
});

/** Operators seldom need it, so it takes one of the broker's connections. */
const resolver = (saga: Saga, service: string, record: string): FunctionDefinition => ({
  ...actor(saga, service, record, 'resolve'),
  reservedConcurrency: 1,
});

/** What the staff have done about a record. */
const actor = (saga: Saga, service: string, record: string, act: string): FunctionDefinition => ({
  handler: handlerIn(service, act),
  events: [http('post', `${pathOf(saga)}/${record}/${act}`)],
});

const pathOf = ({ initiator, id }: Saga): string => `${initiator}s/{${id.name}}`;

const initiatorFunctions = (saga: Saga): Named => {
  const { initiator } = saga;
  const of = (file: string, ...events: FunctionEvent[]) => ({ handler: handlerIn(initiator, file), events });
  return [
    [`place-${initiator}`, of('place', http('post', `${initiator}s`))],
    [`get-${initiator}`, of('get', http('get', pathOf(saga)))],
    [`list-${initiator}s`, of('list', http('get', `${initiator}s`))],
    [`cancel-${initiator}`, of('cancel', http('post', `${pathOf(saga)}/cancel`))],
    [
      `nudge-${initiator}`,
      // Operators seldom need it, so it takes one of the broker's connections.
      { ...of('nudge-now', http('post', `${pathOf(saga)}/nudge`)), reservedConcurrency: 1 },
    ],
    [
      `nudge-${initiator}s`,
      {
        ...of('nudge', {
          schedule: { rate: 'rate(1 minute)', enabled: `\${strToBool(\${env:NUDGE_SCHEDULE, 'true'})}` },
        }),
        reservedConcurrency: 1,
        ...oncePerMinute,
      },
    ],
  ];
};
