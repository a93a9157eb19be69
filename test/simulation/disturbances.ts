import { eventMessage } from '../../engine/batch/messages.ts';
import { ORIGIN_HEADER } from '../../engine/consumer/rabbitmq-event.ts';
import { CONTENT_TYPE, seal } from '../../engine/saga/envelope.ts';
import type { SagaId } from '../../engine/saga/ids.ts';
import { deadQueueOf, EVENTS_EXCHANGE } from '../../engine/saga/routes.ts';
import type { Binding, ExchangeBinding } from '../../infra/broker/topology.ts';
import { samplesOf } from '../../infra/functions/sample.ts';
import type { Cast } from './cast.ts';
import { NO_JSON } from './checker/checker.ts';
import { comesToLight } from './comes-to-light.ts';
import { detailOf, type Fault, worldFaults } from './faults.ts';
import type { Lambda } from './lambda.ts';
import type { Simulation } from './simulation.ts';
import { MAX_SKEW_MS } from './world/clock.ts';
import { BEGIN_MS, type World } from './world/world.ts';

const jumpsMs = [-3_600_000, 40_000, 15 * 60_000, 3_600_000, 25 * 3_600_000];
const skewsMs = [-MAX_SKEW_MS, -30_000, 30_000, MAX_SKEW_MS];
const shortagesMs = [1, 20, 40].map((minutes) => minutes * 60_000);
const alarmsMs = [2_000, 20_000, 60_000, 6 * 60_000];
const UNBOUND_STEPS = 60;
/** Long enough for the broker to deliver a message as often as it ever does. */
const CRASH_LOOP_STEPS = 200;
/** Sagas pass their deadline meanwhile. */
const outagesMs = [...[2, 5, 20, 20, 40, 40, 40].map((minutes) => minutes * 60_000), 25 * 3_600_000];

/** Lets happen to the world what the plan has for this step. */
export function disturb(simulation: Simulation, lambda: Lambda, passTime: () => void): void {
  const fault = simulation.worldFault(worldFaults);
  if (fault === undefined) return;
  const draw = detailOf(simulation.seed, simulation.step, 5);
  simulation.trace.say(() => `the world: ${fault}`);
  if (fault === 'stall') passTime();
  else happen(fault, draw, simulation, lambda);
}

function happen(fault: Fault, draw: number, simulation: Simulation, lambda: Lambda): void {
  const pick = <T>(choices: readonly T[], lot = draw): T => choices[Math.floor(lot * choices.length)] as T;
  const second = (draw * 977) % 1;
  const { world, cast } = simulation;
  const { services } = cast.saga;
  switch (fault) {
    case 'unbound': {
      const { bindings, exchangeBindings } = world.topology;
      const binding = pick([...bindings, ...exchangeBindings].filter((each) => isMissed(each, cast)));
      world.broker.unbind(binding);
      simulation.trace.say(
        () =>
          `${'to' in binding ? binding.to : binding.queue} hears no ${binding.routingKey || 'messages'} from ${binding.exchange}`,
      );
      simulation.scheduler.addAtStep(simulation.step + UNBOUND_STEPS, {
        run: () => world.broker.bind(binding),
      });
      return;
    }
    // A broken deployment: whatever the service begins dies at its first call.
    case 'crash-loop': {
      const service = pick(services);
      simulation.crashLoops.add(service);
      const end = { run: () => void simulation.crashLoops.delete(service) };
      simulation.scheduler.addAtStep(simulation.step + CRASH_LOOP_STEPS, end);
      return;
    }
    // A mapping is switched off, and time goes on without the service.
    case 'outage': {
      const service = pick(services);
      simulation.outages.set(service, world.clock.nowMs + pick(outagesMs, second));
      return;
    }
    // A table without capacity. Each message is tried again, ever later, and is a dead letter after 12 minutes.
    case 'shortage':
      simulation.shortages.set(pick(services), world.clock.nowMs + pick(shortagesMs, second));
      return;
    // A memory or disk alarm: publishers are neither confirmed nor refused.
    case 'blocked':
      world.broker.block(pick(alarmsMs));
      return;
    // At least once: https://www.rabbitmq.com/docs/quorum-queues#dead-lettering
    case 'dead-lettered-twice': {
      world.broker.isDoubling = true;
      const run = () => {
        world.broker.isDoubling = false;
      };
      const end = { run };
      simulation.scheduler.addAtStep(simulation.step + UNBOUND_STEPS, end);
      return;
    }
    case 'clock-jump':
      simulation.passTime(pick(jumpsMs));
      return;
    case 'clock-skew':
      lambda.skewMs = pick(skewsMs);
      lambda.recycle();
      return;
    case 'recycled':
      lambda.recycle();
      return;
    case 'poison':
      poison(simulation, draw);
      return;
    case 'forged':
      forge(simulation, draw);
      return;
    case 'unasked':
      actUnasked(simulation, draw);
      return;
    default:
      throw new Error(`${fault} is nothing that happens to the world`);
  }
}

/** Of two that hear of one outcome nobody notices when one of them is not told: steps are said until they are heard. */
const isMissed = ({ exchange, routingKey }: Binding | ExchangeBinding, { saga }: Cast): boolean =>
  exchange !== EVENTS_EXCHANGE ||
  saga.kindOf(routingKey) !== 'outcome' ||
  saga.services.filter((service) => saga.subscriptionsOf(service).includes(routingKey)).length === 1;

function anyQueueOf(service: string, world: World, draw: number): string {
  const queues = world.queuesOf(service);
  return queues[Math.floor(((draw * 631) % 1) * queues.length)] ?? '';
}

/** A message that no participant can ever handle, among the good ones. */
function poison({ world, cast, checker, step }: Simulation, draw: number): void {
  const { services, id, initiator } = cast.saga;
  const service = services[Math.floor(draw * services.length)] ?? initiator;
  const messageId = `poison-${step}`;
  const type = eventNotFor(service, cast);
  const sagaId = `${id.prefix}_${'0'.repeat(24)}` as SagaId;
  const bodies = [
    NO_JSON,
    JSON.stringify({ specversion: '1.0' }),
    JSON.stringify({
      ...seal(cast.saga, { type, data: dataOf(type, cast) }, { sagaId, nowMs: BEGIN_MS }),
      id: messageId,
    }),
  ];
  checker.poison.add(`${service} ${messageId}`);
  const message = {
    exchange: '',
    routingKey: anyQueueOf(service, world, draw),
    body: bodies[Math.floor((draw * 97) % bodies.length)] ?? '',
    messageId,
    type: '',
    contentType: CONTENT_TYPE,
    mandatory: true,
  };
  world.broker.publish(message, initiator);
}

/**
 * Somebody with a user of the broker says what another service says, of a saga that there is, and names that service in
 * the header by which consumers remember who sent what they put off.
 */
function forge({ world, cast: { saga }, checker, step }: Simulation, draw: number): void {
  const heard = saga.services.flatMap((service) =>
    saga.partOf(service).consumes.map((type) => ({ service, type, publisher: saga.publisherOf(type) })),
  );
  const sagaIds = [...world.sagas.keys()];
  const sagaId = sagaIds[Math.floor(((draw * 977) % 1) * sagaIds.length)] as SagaId | undefined;
  const forged = heard[Math.floor(draw * heard.length)];
  if (sagaId === undefined || forged === undefined) return;
  const { service, type, publisher } = forged;
  const others = saga.services.filter((each) => each !== service && each !== publisher);
  const messageId = `forged-${step}`;
  const event = seal(saga, { type, data: dataOf(type, world.cast) as object }, { sagaId, nowMs: BEGIN_MS });
  checker.poison.add(`${service} ${messageId}`);
  const message = {
    ...eventMessage(saga, event, JSON.stringify(event)),
    exchange: '',
    routingKey: anyQueueOf(service, world, draw),
    messageId,
    headers: { [ORIGIN_HEADER]: publisher },
  };
  world.broker.publish(message, others[0] ?? 'somebody');
}

/** A service says something of a saga that nobody has placed: others act on it, and find out in the end. */
function actUnasked({ world, cast, step }: Simulation, draw: number): void {
  const { saga } = cast;
  // Whoever completes a saga has to say whose it is, or the initiator cannot tell the others.
  if (!saga.completes.every((type) => saga.carriesOwner(type))) return;
  const heard = cast.players.flatMap(({ part, service }) =>
    service === saga.initiator ? [] : part.consumes,
  );
  const types = heard.filter((type) => saga.kindOf(type) === 'step' && comesToLight(type, cast));
  const type = types[Math.floor(draw * types.length)];
  if (type === undefined) return;
  const sagaId = `${saga.id.prefix}_${String(step).padStart(24, '0')}` as SagaId;
  world.unasked.add(sagaId);
  const event = seal(saga, { type, data: dataOf(type, cast) as object }, { sagaId, nowMs: BEGIN_MS });
  world.broker.publish(eventMessage(saga, event, JSON.stringify(event)), saga.publisherOf(type));
}

/** An outcome, or what begins a saga for whoever hears of both. */
function eventNotFor(service: string, { saga }: Cast): string {
  const { succeeds, fails, begins } = saga.initiation;
  const { consumes } = saga.partOf(service);
  return [succeeds, fails].find((type) => !consumes.includes(type)) ?? begins;
}

/** Sampling takes longer than a run. */
const samples = new Map<string, unknown>();

function dataOf(type: string, { saga }: Cast): unknown {
  const schema = saga.events[type]?.schema;
  const data = samples.get(type) ?? (schema && samplesOf(schema, type)[0]);
  samples.set(type, data);
  return data;
}

/** Every poisonous message is in the dead-letter queue of its service, unless an operator had it discarded. */
export function missingPoison({ world, checker }: Simulation): string | undefined {
  return [...checker.poison].find((each) => {
    if (checker.discarded.has(each)) return false;
    const [service = '', messageId] = each.split(' ');
    return !world.broker
      .queue(deadQueueOf(service))
      .messages.some((message) => message.messageId === messageId);
  });
}
