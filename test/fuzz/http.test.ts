import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { PublishError } from '../../engine/batch/publish-error.ts';
import { StoreUnavailableError } from '../../engine/batch/store.ts';
import { deliveriesOf } from '../../engine/consumer/rabbitmq-event.ts';
import type {
  DeadLetter,
  DeadLetterPage,
  DeadLetterQueues,
} from '../../engine/dead-letters/dead-letter-queues.ts';
import { type DeadLetterContent, PageCollector, type PageRequest } from '../../engine/dead-letters/page.ts';
import { check, quietLogs, report, Sightings, shareOf } from '../support/fuzz/campaign.ts';
import { endpoints, type Handler, othersOrder } from '../support/fuzz/endpoints.ts';
import { type Request, requestsOf } from '../support/fuzz/http-calls.ts';
import { hostileMessage, invocation, type Message } from '../support/fuzz/messages.ts';
import { type StrictEdges, strictEdges } from '../support/fuzz/strict-edges.ts';
import { flawsOfAnswer } from '../support/specs/answers.ts';

/**
 * Goal: whatever is sent, the API tells its sender what is wrong with it, and has done nothing then. Only an
 * outage is an outage. Method: requests that are correct, wrong in one part or wrong in all, through the whole
 * handler, on a table and a publisher that refuse what the real ones refuse, and in some runs are down.
 */
type Outage = 'none' | 'table' | 'broker';

interface Case {
  readonly request: Request;
  readonly outage: Outage;
  readonly deadLetters: readonly Message[];
}

/** A dead-letter queue that holds what it is given, and gives up what is removed. */
class MemoryDeadLetterQueues implements DeadLetterQueues {
  readonly deadLetters = new Set<DeadLetterContent & Pick<DeadLetter, 'remove'>>();

  readonly #outage: Outage;

  constructor(messages: readonly Message[], outage: Outage) {
    this.#outage = outage;
    for (const delivery of deliveriesOf(invocation('order', messages), 'order')) {
      const deadLetters = {
        delivery,
        reason: 'some reason',
        lastError: undefined,
        remove: () => void this.deadLetters.delete(deadLetters),
      };
      this.deadLetters.add(deadLetters);
    }
  }

  visit<T>(_: string, request: PageRequest, look: (page: DeadLetterPage) => Promise<T>): Promise<T> {
    if (this.#outage === 'broker') return Promise.reject(new PublishError('down'));
    const page = new PageCollector<DeadLetterContent & Pick<DeadLetter, 'remove'>>(request);
    for (const each of this.deadLetters) page.offer(each);
    return look({ deadLetters: page.deadLetters, hasMore: page.hasMore, isWhole: true });
  }
}

const Details = z.object({
  type: z.string().regex(/^urn:order-saga:problem:[a-z-]+$/),
  title: z.string().min(1),
  status: z.int(),
  detail: z.string().min(1),
  errors: z
    .array(z.object({ pointer: z.string().regex(/^(\/.*)?$/s), detail: z.string().min(1) }))
    .min(1)
    .optional(),
});
const Redriven = z.object({
  dryRun: z.boolean(),
  redriven: z.int(),
  items: z.array(z.object({ moved: z.boolean() })),
});
const Discarded = z.object({
  dryRun: z.boolean(),
  discarded: z.int(),
  items: z.array(z.object({ discarded: z.boolean() })),
});

const { lines } = quietLogs();
const share = 1 / 2 / endpoints.length;

describe.each(endpoints)('$method $path', (endpoint) => {
  const own = endpoints.indexOf(endpoint);
  const { given } = endpoint;
  const hasDeadLetters = endpoint.path.startsWith('/dead-letters');
  const cases: fc.Arbitrary<Case> = fc.record({
    request: requestsOf(endpoint),
    outage: fc.oneof(
      { weight: 20, arbitrary: fc.constant<Outage>('none') },
      { weight: 1, arbitrary: fc.constantFrom<Outage>('table', 'broker') },
    ),
    deadLetters: hasDeadLetters ? fc.array(hostileMessage('order'), { maxLength: 3 }) : fc.constant([]),
  });
  const sightings = new Sightings();

  async function verify({ request: { event, isCorrect }, outage, deadLetters }: Case): Promise<void> {
    lines.length = 0;
    const edges = strictEdges(given);
    interrupt(edges, outage);
    const deadLetterQueues = new MemoryDeadLetterQueues(deadLetters, outage);
    const handler = endpoint.handler(edges, deadLetterQueues);
    const { statusCode, headers = {}, body } = await handler(event, {} as Parameters<Handler>[1]);

    sightings.saw(String(statusCode));
    if (statusCode >= 500 && !(statusCode === 503 && outage !== 'none')) {
      throw new Error(`${statusCode} without an outage: ${lines.join('\n')}`);
    }
    if (isCorrect && outage === 'none') expect(endpoint.accepts).toContain(statusCode);
    const isForOneRole = endpoint.role === 'operator' || endpoint.isKeyed === true;
    const isOthers = event.requestContext.authorizer?.role !== endpoint.role;
    if (isForOneRole && isOthers) expect(statusCode).toBeGreaterThanOrEqual(400);
    const isOperator = event.requestContext.authorizer?.role === 'operator';
    if (endpoint.path.includes('{orderId}') && event.pathParameters?.orderId === othersOrder && !isOperator)
      expect(statusCode).toBeGreaterThanOrEqual(403);
    for (const value of Object.values(headers)) expect(value).toMatch(/^[\x20-\x7e]*$/);
    const header = (name: string) => String(headers[name.toLowerCase()] ?? '');
    const route = `${endpoint.method} ${endpoint.path}`;
    expect(flawsOfAnswer(route, { status: statusCode, header, body })).toEqual([]);
    const content: unknown = JSON.parse(body);
    if (statusCode >= 400) {
      expect(headers['content-type']).toBe('application/problem+json');
      expect(Details.parse(content).status).toBe(statusCode);
      expect(body).not.toMatch(/node_modules|\.ts:\d/);
      // What is not written to is the very object that was given.
      const written = [...edges.store.items.values()].filter((item) => !given.includes(item));
      expect(written, 'written although refused').toEqual([]);
      expect(edges.publisher.ids, 'published although refused').toEqual([]);
    } else {
      expect(headers['content-type']).toBe('application/json');
      if (endpoint.method === 'GET') expect(edges.store.writes).toEqual([]);
      if (endpoint.path.endsWith('/discard')) {
        const { discarded, items, dryRun } = Discarded.parse(content);
        expect(items.filter((each) => each.discarded)).toHaveLength(discarded);
        expect(deadLetterQueues.deadLetters.size).toBe(deadLetters.length - discarded);
        if (dryRun) expect(discarded).toBe(0);
        expect(edges.publisher.ids).toEqual([]);
        expect(lines.filter((line) => line.includes('"part":1,'))).toHaveLength(discarded);
      }
      if (endpoint.path.endsWith('/redrive'))
        checkRedrive(Redriven.parse(content), edges, deadLetterQueues, deadLetters);
    }
  }

  test('answers every request, refuses what is wrong with its reason, and does nothing then', async () => {
    await check(cases, shareOf(share), verify, own);
    report(`${endpoint.method} ${endpoint.path}`, sightings);
    expect(sightings.missing(endpoint.answers.map(String))).toEqual([]);
  }, 240_000);
});

function interrupt({ store, publisher }: StrictEdges, outage: Outage): void {
  const fail = () => {
    throw new StoreUnavailableError('down');
  };
  if (outage === 'table')
    Object.assign(store, { beforeRead: fail, beforeWrite: fail, query: async () => fail() });
  if (outage === 'broker') publisher.refuses = () => new PublishError('down');
}

/** What is said to be moved is in the queue and no longer a dead letter, and the rest is where it was. */
function checkRedrive(
  { redriven, items: told, dryRun }: z.infer<typeof Redriven>,
  { publisher }: StrictEdges,
  deadLetterQueues: MemoryDeadLetterQueues,
  deadLetters: readonly Message[],
): void {
  expect(told.length).toBeLessThanOrEqual(deadLetters.length);
  expect(told.filter(({ moved }) => moved)).toHaveLength(redriven);
  expect(publisher.published).toHaveLength(redriven);
  expect(deadLetterQueues.deadLetters.size).toBe(deadLetters.length - redriven);
  if (dryRun) expect(redriven).toBe(0);
}
