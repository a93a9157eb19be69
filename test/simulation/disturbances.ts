import { deadQueueOf, queueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { detailOf, type Fault, worldFaults } from './faults.ts';
import type { Lambda } from './functions.ts';
import type { Simulation } from './simulation.ts';
import { bindings } from './world/world.ts';

const jumpsMs = [-3_600_000, 40_000, 15 * 60_000, 3_600_000, 25 * 3_600_000];
const skewsMs = [-7_200_000, -30_000, 30_000, 7_200_000];
const UNBOUND_STEPS = 60;
/** Long enough for the broker to deliver a message as often as it ever does. */
const CRASH_LOOP_STEPS = 200;
/** Sagas pass their deadline meanwhile, and the payment provider forgets its keys. */
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
  const pick = <T>(choices: readonly T[]): T => choices[Math.floor(draw * choices.length)] as T;
  const { world } = simulation;
  switch (fault) {
    case 'unbound': {
      const binding = pick(bindings);
      world.broker.unbind(binding);
      simulation.trace.say(
        () => `${binding.queue} hears no ${binding.routingKey || 'messages'} from ${binding.exchange}`,
      );
      simulation.scheduler.addAtStep(simulation.step + UNBOUND_STEPS, {
        run: () => world.broker.bind(binding),
      });
      return;
    }
    // A broken deployment: whatever the service begins dies at its first call.
    case 'crash-loop': {
      const service = pick(shop.services);
      simulation.crashLoops.add(service);
      const end = { run: () => void simulation.crashLoops.delete(service) };
      simulation.scheduler.addAtStep(simulation.step + CRASH_LOOP_STEPS, end);
      return;
    }
    // A mapping is switched off, and time goes on without the service.
    case 'outage': {
      const service = pick(shop.services);
      const lengthMs = outagesMs[Math.floor(((draw * 977) % 1) * outagesMs.length)] ?? 0;
      simulation.outages.set(service, world.clock.nowMs + lengthMs);
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
    default:
      throw new Error(`${fault} is nothing that happens to the world`);
  }
}

/** A message that no participant can ever handle, among the good ones. */
function poison({ world, checker, step }: Simulation, draw: number): void {
  const service = shop.services[Math.floor(draw * 3)] ?? 'order';
  const messageId = `poison-${step}`;
  const bodies = [
    'no JSON',
    JSON.stringify({ specversion: '1.0' }),
    JSON.stringify({
      specversion: '1.0',
      id: messageId,
      source: 'order',
      type: 'order.confirmed',
      subject: 'ord_000000000000000000000000',
      time: '2026-01-01T00:00:00.000Z',
      dataschema: 'urn:order-saga:order.confirmed:v1',
      data: {
        customerId: 'nobody',
        items: [{ sku: 'mug', quantity: 1 }],
        amountMinor: 1,
        currency: 'EUR',
      },
    }),
  ];
  checker.poison.add(`${service} ${messageId}`);
  const message = {
    exchange: '',
    routingKey: queueOf(service),
    body: bodies[Math.floor((draw * 97) % bodies.length)] ?? '',
    messageId,
    type: '',
    contentType: 'application/cloudevents+json',
    mandatory: true,
  };
  world.broker.publish(message, 'order');
}

/** Every poisonous message is in the parking queue of its service. */
export function missingPoison({ world, checker }: Simulation): string | undefined {
  return [...checker.poison].find((each) => {
    const [service = 'order', messageId] = each.split(' ');
    const queue = deadQueueOf(service as (typeof shop.services)[number]);
    return !world.broker.queue(queue).messages.some((message) => message.messageId === messageId);
  });
}
