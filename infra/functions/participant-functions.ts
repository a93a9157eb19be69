import { queueOf } from '../../engine/saga/routes.ts';
import type { Part, Saga } from '../../engine/saga/saga.ts';

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
  | { readonly schedule: { readonly rate: string; readonly enabled: boolean } }
  | { readonly rabbitmq: Readonly<Record<'arn' | 'basicAuthArn' | 'queue', string>> & QueueSettings };

type QueueSettings = { readonly batchSize: number; readonly maximumBatchingWindow: number };

type Named = readonly (readonly [name: string, definition: FunctionDefinition])[];

/** The consumer of a service's queue has the service's name. */
export const consumerOf = (service: string): string => service;
export const deadLettersOf = (service: string): string => `${service}-dead-letters`;
export const counterOf = (service: string): string => `count-${service}-dead-letters`;
export const readerOf = (record: string): string => `get-${record}`;

/** The functions that every participant of a saga has, by name. */
export const participantFunctions = (saga: Saga): Named =>
  saga.services.flatMap((service) => functionsOf(saga.partOf(service)));

/** What those of one participant are called. */
export const functionNamesOf = (part: Pick<Part, 'service' | 'record'>): readonly string[] =>
  functionsOf(part).map(([name]) => name);

const functionsOf = ({ service, record }: Pick<Part, 'service' | 'record'>): Named => [
  ...(record === undefined ? [] : [[readerOf(record), reader(service, record)] as const]),
  [consumerOf(service), consumer(service)],
  [deadLettersOf(service), deadLetters(service)],
  [counterOf(service), counter(service)],
];

const handlerIn = (service: string, file: string): string => `functions/${service}/${file}.handler`;

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
  events: [http('get', `dead-letters/${service}`), http('post', `dead-letters/${service}/redrive`)],
});

const counter = (service: string): FunctionDefinition => ({
  handler: handlerIn(service, 'count-dead-letters'),
  reservedConcurrency: 1,
  // The next run comes in a minute. By default Lambda retries a failed run twice and keeps waiting runs for six hours.
  maximumRetryAttempts: 0,
  maximumEventAge: 60,
  // For the alarm, which a laptop does not have; infra/aws/plugin.ts turns it on.
  events: [{ schedule: { rate: 'rate(1 minute)', enabled: false } }],
});

const reader = (service: string, record: string): FunctionDefinition => ({
  handler: handlerIn(service, 'get-record'),
  events: [http('get', `${custom('saga')}/${record}`)],
});
