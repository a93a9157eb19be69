import type { Edges } from '../../engine/batch/edges.ts';
import { consume } from '../../engine/consumer/consume.ts';
import type { RabbitMqEvent } from '../../engine/consumer/rabbitmq-event.ts';
import { deadLetters } from '../../engine/dead-letters/dead-letters.ts';
import type { HttpEvent } from '../../engine/http/http.ts';
import { recordReader } from '../../engine/http/record-reader.ts';
import { cancelling } from '../../engine/initiator/cancel.ts';
import { nudge } from '../../engine/initiator/nudge.ts';
import { listing, reading } from '../../engine/initiator/read.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import { getStock } from '../../functions/inventory/get-stock.ts';
import { inventory } from '../../functions/inventory/inventory.ts';
import { listStock } from '../../functions/inventory/list-stock.ts';
import { putStock } from '../../functions/inventory/put-stock.ts';
import { receiveStock } from '../../functions/inventory/receive-stock.ts';
import { order } from '../../functions/order/order.ts';
import { place } from '../../functions/order/place.ts';
import { charging } from '../../functions/payment/decide.ts';
import { payment } from '../../functions/payment/payment.ts';
import { stripeProvider } from '../../functions/payment/provider.ts';
import { type Service, shop } from '../../functions/shop.ts';
import { edgesOf } from './edges.ts';
import type { Environment } from './environment.ts';
import { describe, type End, type Invocation } from './invocation.ts';
import { parkingOf } from './parking.ts';
import type { Simulation } from './simulation.ts';
import { stripeOf } from './stripe.ts';
import type { Message } from './world/broker.ts';
import { DEADLINE_MS, retryDelays } from './world/world.ts';

type Handler = (event: unknown) => Promise<unknown>;
interface Deployed {
  readonly service: Service;
  /** The handler, as it is made when an environment starts. */
  readonly start: (simulation: Simulation, environment: Environment) => Handler;
}

const api = (
  service: Service,
  make: (edges: Edges) => (event: HttpEvent, context: never) => unknown,
): Deployed => ({
  service,
  start: (simulation, environment) => {
    const handle = make(edgesOf(simulation, environment));
    return async (event) => await handle(event as HttpEvent, {} as never);
  },
});

const paymentIn = (simulation: Simulation, environment: Environment) => {
  const stripe = stripeOf(simulation, environment);
  return payment(stripeProvider(() => stripe));
};

/** Far below what keeps the schedule from nudging: these runs are not about long queues. */
const backlogIn = (simulation: Simulation) => async () =>
  Math.max(...shop.services.map((service) => simulation.world.broker.queue(queueOf(service)).messages.length));

/** Every function as it is deployed, with the world around it simulated. */
export const deployed = {
  'place-order': api('order', place),
  'get-order': api('order', (edges) => reading(order, edges)),
  'list-orders': api('order', (edges) => listing(order, edges)),
  'cancel-order': api('order', (edges) => cancelling(order, edges)),
  'get-reservation': api('inventory', (edges) => recordReader(inventory, edges)),
  'get-payment': api('payment', (edges) => recordReader(charging, edges)),
  'put-stock': api('inventory', putStock),
  'receive-stock': api('inventory', receiveStock),
  'get-stock': api('inventory', getStock),
  'list-stock': api('inventory', listStock),
  'nudge-orders': {
    service: 'order',
    start: (simulation, environment) =>
      nudge(order, edgesOf(simulation, environment), () => DEADLINE_MS, backlogIn(simulation)),
  },
  order: {
    service: 'order',
    start: (simulation, environment) =>
      consumer(consume(order, edgesOf(simulation, environment), retryDelays)),
  },
  inventory: {
    service: 'inventory',
    start: (simulation, environment) =>
      consumer(consume(inventory, edgesOf(simulation, environment), retryDelays)),
  },
  payment: {
    service: 'payment',
    start: (simulation, environment) =>
      consumer(consume(paymentIn(simulation, environment), edgesOf(simulation, environment), retryDelays)),
  },
  'order-dead-letters': {
    service: 'order',
    start: (simulation, environment) =>
      api('order', (edges) => deadLetters(order, edges, () => parkingOf(simulation, environment))).start(
        simulation,
        environment,
      ),
  },
  'inventory-dead-letters': {
    service: 'inventory',
    start: (simulation, environment) =>
      api('inventory', (edges) =>
        deadLetters(inventory, edges, () => parkingOf(simulation, environment)),
      ).start(simulation, environment),
  },
  'payment-dead-letters': {
    service: 'payment',
    start: (simulation, environment) =>
      api('payment', (edges) =>
        deadLetters(paymentIn(simulation, environment), edges, () => parkingOf(simulation, environment)),
      ).start(simulation, environment),
  },
} as const satisfies Record<string, Deployed>;

export type FunctionName = keyof typeof deployed;

const isHttp = (name: FunctionName): boolean => !shop.services.some((service) => service === name) && name !== 'nudge-orders';

const consumer =
  (handle: (event: RabbitMqEvent) => Promise<void>): Handler =>
  (event) =>
    handle(event as RabbitMqEvent);

interface Started {
  readonly environment: Environment;
  readonly handle: Handler;
}

/** An environment that is serving requests: one invocation stands for all of them. */
interface Host {
  readonly started: Started;
  readonly invocation: Invocation;
  readonly requests: Set<{ readonly ended: (end: End) => void }>;
}

/**
 * Lambda: an idle environment if there is one, otherwise a new one. One that has crashed is never used again, and
 * neither is one whose function threw, which may have left something behind.
 */
export class Lambda {
  /** Of environments that start from now on. */
  skewMs = 0;
  readonly #simulation: Simulation;
  readonly #sharesEnvironments: boolean;
  readonly #idle = new Map<FunctionName, Started[]>();
  readonly #hosts = new Map<FunctionName, Host>();
  /** Environments that were busy when all were replaced are not used again either. */
  #generation = 0;

  /** `sharesEnvironments`: one serves many requests at once, as where one process runs them all. */
  constructor(simulation: Simulation, sharesEnvironments = false) {
    this.#simulation = simulation;
    this.#sharesEnvironments = sharesEnvironments;
  }

  invoke(
    name: FunctionName,
    event: unknown,
    ended: (end: End) => void,
    messages: readonly Message[] = [],
  ): void {
    if (this.#sharesEnvironments && isHttp(name)) {
      this.#invokeBesideOthers(name, event, ended);
      return;
    }
    const { environment, handle } = this.#idle.get(name)?.pop() ?? this.#start(name);
    const generation = this.#generation;
    const onEnd = (end: End) => {
      if (end.kind === 'returned') {
        environment.invocation = undefined;
        if (generation === this.#generation) this.#rest(name, { environment, handle });
      }
      ended(end);
    };
    const { service, skewMs } = environment;
    const invocation = this.#simulation.begin(name, service, messages, onEnd, skewMs);
    environment.invocation = invocation;
    // What a crashed environment still does in here is nobody's business: its calls never return.
    handle(event).then(
      (value) => invocation.end({ kind: 'returned', value }),
      (error: unknown) => invocation.end({ kind: 'threw', error }),
    );
  }

  /** All requests that come while one is under way are served by its environment, and die with it. */
  #invokeBesideOthers(name: FunctionName, event: unknown, ended: (end: End) => void): void {
    const host = this.#hosts.get(name) ?? this.#beginHost(name);
    const { invocation, requests, started } = host;
    if (requests.size > 0) this.#simulation.coverage.count('requests beside each other');
    const request = { ended };
    requests.add(request);
    const answer = (end: End) => {
      if (!requests.delete(request)) return;
      this.#simulation.checker.answered(invocation, end);
      this.#simulation.trace.say(() => `${invocation.name} ${describe(end)}`);
      ended(end);
      if (requests.size === 0) invocation.end({ kind: 'returned', value: undefined });
    };
    started.handle(event).then(
      (value) => answer({ kind: 'returned', value }),
      (error: unknown) => answer({ kind: 'threw', error }),
    );
  }

  #beginHost(name: FunctionName): Host {
    const started = this.#idle.get(name)?.pop() ?? this.#start(name);
    const generation = this.#generation;
    const { service, skewMs } = started.environment;
    const requests: Host['requests'] = new Set();
    const onEnd = (end: End) => {
      if (this.#hosts.get(name) === host) this.#hosts.delete(name);
      const left = [...requests];
      requests.clear();
      if (end.kind === 'returned' && generation === this.#generation) this.#rest(name, started);
      for (const { ended } of left) ended(end);
    };
    const invocation = this.#simulation.begin(name, service, [], onEnd, skewMs);
    const host = { started, invocation, requests };
    started.environment.invocation = invocation;
    this.#hosts.set(name, host);
    return host;
  }

  /** Every environment is replaced, as on a deployment. */
  recycle(): void {
    this.#generation += 1;
    this.#idle.clear();
    this.#hosts.clear();
  }

  #start(name: FunctionName): Started {
    const { service, start } = deployed[name];
    const environment: Environment = { service, skewMs: this.skewMs, invocation: undefined };
    return { environment, handle: start(this.#simulation, environment) };
  }

  #rest(name: FunctionName, started: Started): void {
    const idle = this.#idle.get(name);
    if (idle === undefined) this.#idle.set(name, [started]);
    else idle.push(started);
  }
}
