import { compileFilters, type Filter } from './filter.ts';
import {
  isSection,
  onlyKeys,
  refused,
  type Section,
  SettingError,
  section,
  text,
  trueOrFalse,
  wholeNumber,
} from './setting.ts';

/** One `rabbitmq` event of one function: an event source mapping, in AWS's terms. */
export type Mapping = {
  readonly functionName: string;
  readonly functionTimeoutSeconds: number;
  readonly eventSourceArn: string;
  readonly queue: string;
  readonly virtualHost: string;
  readonly enabled: boolean;
  readonly batchSize: number;
  readonly batchingWindowMs: number;
  readonly concurrency: number;
  /** Absent if every message is wanted. */
  readonly filter?: Filter;
};

export type Settings = {
  readonly brokerUrl: string;
  readonly region: string;
  readonly mappings: readonly Mapping[];
};

const customSection = 'rabbitmq-event-source';

// https://docs.aws.amazon.com/lambda/latest/dg/services-mq-params.html
const defaultBatchSize = 100;
const maximumBatchSize = 10_000;
const defaultBatchingWindowMs = 500;
const maximumBatchingWindowSeconds = 300;

// https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
const maximumFunctionTimeoutSeconds = 900;
const defaultFunctionTimeoutSeconds = 6;

const maximumConcurrency = 1_000;

const customKeys = ['url', 'concurrency'];

// https://github.com/oss-serverless/serverless/blob/main/lib/plugins/aws/package/compile/events/rabbitmq.js
const eventKeys = [
  'arn',
  'basicAuthArn',
  'queue',
  'batchSize',
  'maximumBatchingWindow',
  'virtualHost',
  'enabled',
  'filterPatterns',
];

/** A placeholder for when no URL is set and no mapping is enabled: nothing connects to it. */
const unusedBroker = 'amqp://127.0.0.1';

type Surroundings = {
  readonly provider: Section;
  readonly region: string;
  readonly urlVirtualHost: string;
  readonly concurrency: Section;
};

/**
 * Reads a resolved Serverless configuration: the output of `sls print --format json`, or a plugin's `service`. Throws a
 * SettingError for the first setting that AWS would refuse too.
 */
export function readSettings(service: unknown, environment: NodeJS.ProcessEnv): Settings {
  const root = section(service, 'the Serverless configuration');
  const provider = section(root.provider, 'provider');
  const custom = section(section(root.custom, 'custom')[customSection], `custom.${customSection}`);
  onlyKeys(custom, `custom.${customSection}`, customKeys);
  const functions = section(root.functions, 'functions');
  const concurrency = section(custom.concurrency, `custom.${customSection}.concurrency`);
  for (const key of Object.keys(concurrency)) {
    if (!Object.hasOwn(functions, key)) {
      throw new SettingError(
        `custom.${customSection}.concurrency names a function that does not exist: ${key}`,
      );
    }
  }
  const url = custom.url ?? environment.RABBITMQ_URL;
  const brokerUrl = readBrokerUrl(url ?? unusedBroker);
  const region = typeof provider.region === 'string' ? provider.region : 'us-east-1';
  const surroundings = { provider, region, urlVirtualHost: virtualHostOf(brokerUrl), concurrency };
  const mappings = Object.entries(functions).flatMap(([key, definition]) =>
    readFunction(key, section(definition, `functions.${key}`), surroundings),
  );
  if (url === undefined && mappings.some(({ enabled }) => enabled)) throw brokerUrlRefused();
  return { brokerUrl, region, mappings };
}

function readBrokerUrl(value: unknown): string {
  const url = typeof value === 'string' ? URL.parse(value) : null;
  if (url === null || !/^amqps?:$/.test(url.protocol)) throw brokerUrlRefused();
  try {
    for (const part of [url.username, url.password, url.pathname]) decodeURIComponent(part);
  } catch {
    throw brokerUrlRefused(', in which % is written as %25');
  }
  return String(value);
}

/** The value is not repeated: it may hold a password. */
function brokerUrlRefused(more = ''): SettingError {
  const where = `custom.${customSection}.url or the environment variable RABBITMQ_URL`;
  return new SettingError(`${where} must be a URL such as amqp://user:password@127.0.0.1:5672${more}`);
}

function virtualHostOf(brokerUrl: string): string {
  return decodeURIComponent(new URL(brokerUrl).pathname.slice(1)) || '/';
}

function readFunction(key: string, definition: Section, surroundings: Surroundings): Mapping[] {
  const events = Array.isArray(definition.events) ? definition.events : [];
  return events.flatMap((event: unknown, index) => {
    if (!isSection(event) || event.rabbitmq === undefined) return [];
    const where = `functions.${key}.events[${index}].rabbitmq`;
    return [readMapping(key, definition, section(event.rabbitmq, where), where, surroundings)];
  });
}

function readMapping(
  key: string,
  definition: Section,
  event: Section,
  where: string,
  { provider, region, urlVirtualHost, concurrency }: Surroundings,
): Mapping {
  onlyKeys(event, where, eventKeys);
  const window = event.maximumBatchingWindow;
  const timeout = definition.timeout ?? provider.timeout ?? defaultFunctionTimeoutSeconds;
  const filter = compileFilters(event.filterPatterns, `${where}.filterPatterns`);
  return {
    functionName: text(definition.name, `functions.${key}.name`),
    functionTimeoutSeconds: wholeNumber(
      timeout,
      `functions.${key}.timeout`,
      1,
      maximumFunctionTimeoutSeconds,
    ),
    eventSourceArn: readArn(event.arn, `${where}.arn`, region),
    queue: text(event.queue, `${where}.queue`),
    virtualHost: text(event.virtualHost ?? urlVirtualHost, `${where}.virtualHost`),
    enabled: trueOrFalse(event.enabled ?? true, `${where}.enabled`),
    batchSize: wholeNumber(event.batchSize ?? defaultBatchSize, `${where}.batchSize`, 1, maximumBatchSize),
    batchingWindowMs:
      window === undefined
        ? defaultBatchingWindowMs
        : 1_000 * wholeNumber(window, `${where}.maximumBatchingWindow`, 0, maximumBatchingWindowSeconds),
    concurrency: wholeNumber(
      concurrency[key] ?? 1,
      `custom.${customSection}.concurrency.${key}`,
      1,
      maximumConcurrency,
    ),
    ...(filter && { filter }),
  };
}

/** For a function that runs without a timeout, as in a debugger. */
export function withLongestTimeout(mapping: Mapping): Mapping {
  return { ...mapping, functionTimeoutSeconds: maximumFunctionTimeoutSeconds };
}

/** Only a deployment resolves an imported ARN, so the event carries a plausible one instead. */
function readArn(value: unknown, where: string, region: string): string {
  if (typeof value === 'string') return text(value, where);
  if (isSection(value)) {
    return `arn:aws:mq:${region}:000000000000:broker:local:b-00000000-0000-0000-0000-000000000000`;
  }
  throw refused(where, 'an ARN or a CloudFormation reference to one', value);
}
