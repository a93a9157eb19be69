/**
 * Public list prices in US East (N. Virginia), without free tiers, volume discounts or taxes. They change: look at the
 * sources before you decide anything by them.
 */
export interface Price {
  readonly usd: number;
  readonly unit: string;
  readonly source: string;
  /** When it was looked up. */
  readonly asOf: string;
  /** Where it was read, if it was not at the source itself. */
  readonly secondHand?: string;
}

const asOf = '2026-11-24';
const quoted = 'as public repositories and blogs quote the source; it could not be opened itself';

export const prices = {
  apiRequest: {
    usd: 3.5,
    unit: 'million requests to a REST API, the first 333 million a month',
    source:
      'https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html',
    asOf,
  },
  lambdaRequest: {
    usd: 0.2,
    unit: 'million requests',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf,
    secondHand: quoted,
  },
  lambdaDuration: {
    usd: 0.0000133334,
    unit: 'GB-second on arm64, the first 7.5 billion a month',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf,
    secondHand: quoted,
  },
  databaseWrite: {
    usd: 0.625,
    unit: 'million write request units on demand',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf,
    secondHand: quoted,
  },
  databaseRead: {
    usd: 0.125,
    unit: 'million read request units on demand',
    source: 'https://aws.amazon.com/dynamodb/pricing/on-demand/',
    asOf,
    secondHand: quoted,
  },
  broker: {
    usd: 0.2734,
    unit: 'broker hour: a node of mq.m7g.large with RabbitMQ',
    source: 'https://aws.amazon.com/amazon-mq/pricing/',
    asOf,
    secondHand: 'as public cost calculators have it; it could not be opened itself',
  },
  stepFunctionsTransition: {
    usd: 25,
    unit: 'million state transitions of standard workflows',
    source: 'https://aws.amazon.com/step-functions/pricing/',
    asOf,
  },
  durableOperation: {
    usd: 8,
    unit: 'million durable operations of Lambda durable functions',
    source: 'https://aws.amazon.com/lambda/pricing/',
    asOf,
    secondHand: quoted,
  },
} as const satisfies Record<string, Price>;
