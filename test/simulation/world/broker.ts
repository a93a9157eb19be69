import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import type { Binding, Exchange, ExchangeBinding, Topology } from '../../../infra/broker/topology.ts';
import type { Clock } from './clock.ts';

export interface Message {
  readonly body: string | Buffer;
  readonly messageId: string;
  readonly type: string;
  readonly contentType: string;
  /** Who published it, as the broker knows. */
  readonly userId: string;
  readonly headers: Readonly<Record<string, string | number>>;
  /** The routing key it came with: where a delay queue returns it to. */
  readonly routingKey: string;
  /** Where it is, or from where it was delivered. */
  readonly queue: string;
  readonly expiresAtMs: number;
  /** How often it has been delivered and has come back. */
  returns: number;
}

/** What became of a publication: how many queues took it. None: it was returned if mandatory, or dropped. */
type Routed = readonly Queue[];

export interface Queue {
  readonly name: string;
  readonly messages: Message[];
  readonly ttlMs: number;
  readonly deadLetterExchange: string;
  /** Undefined: the key they came with. */
  readonly deadLetterKey: string | undefined;
}

/** What a message is routed by. */
type Address = Pick<Message, 'routingKey' | 'headers'>;

function isFor(
  binding: Binding | ExchangeBinding,
  { type }: Exchange,
  { routingKey, headers }: Address,
): boolean {
  if (type === 'fanout') return true;
  if (type === 'direct') return binding.routingKey === routingKey;
  const wanted = Object.entries(('headers' in binding && binding.headers) || {});
  // All of them, but for those that say how they are compared. https://www.rabbitmq.com/docs/exchanges#headers
  return wanted.every(([name, value]) => name.startsWith('x-') || headers[name] === value);
}

/** A message on its way that a slow replica or network holds back. */
interface Held {
  readonly message: Message;
  readonly queue: Queue;
  readonly untilMs: number;
}

/** As `npm start` sets it for its own broker. */
const OFFERED_AGAIN_MS = 10_000;

export type Arrival = 'in order' | 'ahead of others' | 'twice' | { readonly lateByMs: number };

/**
 * RabbitMQ with the product's own topology: routing, mandatory returns, TTL that counts at a queue's head only, a count
 * of returns, dead-lettering on expiry. What is taken and not acknowledged is the taker's to give back.
 */
export class Broker {
  readonly queues: ReadonlyMap<string, Queue>;
  readonly #exchanges: ReadonlyMap<string, Exchange>;
  readonly #clock: Clock;
  readonly #delayQueues: readonly Queue[];
  #bindings: readonly (Binding | ExchangeBinding)[];
  #held: Held[] = [];
  #blockedUntilMs = Number.NEGATIVE_INFINITY;
  /** Whether each dead letter arrives twice. */
  isDoubling = false;

  constructor({ exchanges, queues, bindings, exchangeBindings }: Topology, clock: Clock) {
    this.#clock = clock;
    this.#exchanges = new Map(exchanges.map((exchange) => [exchange.name, exchange]));
    this.#bindings = [...bindings, ...exchangeBindings];
    this.queues = new Map(
      queues.map(({ name, arguments: args }) => [
        name,
        {
          name,
          messages: [],
          ttlMs: Number(args['x-message-ttl'] ?? Number.POSITIVE_INFINITY),
          deadLetterExchange: String(args['x-dead-letter-exchange'] ?? ''),
          deadLetterKey: args['x-dead-letter-routing-key'] as string | undefined,
        },
      ]),
    );
    this.#delayQueues = [...this.queues.values()].filter(({ ttlMs }) => ttlMs < Number.POSITIVE_INFINITY);
  }

  queue(name: string): Queue {
    const queue = this.queues.get(name);
    if (queue === undefined) throw new Error(`there is no queue ${name}`);
    return queue;
  }

  publish(message: OutgoingMessage, userId: string, arrival: Arrival = 'in order'): Routed {
    const { exchange, routingKey, body, messageId, type, contentType, headers = {}, expirationMs } = message;
    const targets = this.#route(exchange, { routingKey, headers });
    for (const queue of targets) {
      const ttlMs = Math.min(queue.ttlMs, expirationMs ?? Number.POSITIVE_INFINITY);
      const expiresAtMs = this.#clock.nowMs + ttlMs;
      const arrived = {
        body,
        messageId,
        type,
        contentType,
        userId,
        headers,
        routingKey,
        queue: queue.name,
        expiresAtMs,
        returns: 0,
      };
      this.#arrive(queue, arrived, arrival);
    }
    return targets;
  }

  /** Lets nobody publish for so long. */
  block(forMs: number): void {
    this.#blockedUntilMs = this.#clock.nowMs + forMs;
  }

  get isBlocked(): boolean {
    return this.#clock.nowMs < this.#blockedUntilMs;
  }

  /** Takes messages out for delivery; each is acknowledged by being forgotten, or is given back. */
  take(name: string, count: number): Message[] {
    return this.queue(name).messages.splice(0, count);
  }

  /** They were not acknowledged, and come again in their place. */
  giveBack(name: string, messages: readonly Message[]): void {
    for (const message of messages) message.returns += 1;
    this.queue(name).messages.unshift(...messages);
  }

  /** Looked at and left where it was: not a delivery that failed. */
  putBack(name: string, messages: readonly Message[]): void {
    this.queue(name).messages.unshift(...messages);
  }

  unbind(lost: Binding | ExchangeBinding): void {
    this.#bindings = this.#bindings.filter((each) => each !== lost);
  }

  bind(binding: Binding | ExchangeBinding): void {
    if (!this.#bindings.includes(binding)) this.#bindings = [...this.#bindings, binding];
  }

  /** The next moment at which something moves by itself. */
  nextMoveMs(): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { untilMs } of this.#held) next = Math.min(next, untilMs);
    for (const { messages } of this.#delayQueues) {
      const [head] = messages;
      if (head !== undefined) next = Math.min(next, head.expiresAtMs);
    }
    return next;
  }

  /** Moves what is due by now. */
  move(): void {
    const { nowMs } = this.#clock;
    if (this.#held.length > 0) this.#release(nowMs);
    for (const queue of this.#delayQueues) {
      for (
        let head = queue.messages[0];
        head !== undefined && head.expiresAtMs <= nowMs;
        head = queue.messages[0]
      ) {
        queue.messages.shift();
        this.#deadLetter(queue, head, 'expired');
      }
    }
  }

  #release(nowMs: number): void {
    for (const { message, queue } of this.#held.filter(({ untilMs }) => untilMs <= nowMs))
      queue.messages.push(message);
    this.#held = this.#held.filter(({ untilMs }) => untilMs > nowMs);
    for (const queue of this.queues.values()) {
      for (
        let head = queue.messages[0];
        head !== undefined && head.expiresAtMs <= nowMs;
        head = queue.messages[0]
      ) {
        queue.messages.shift();
        this.#deadLetter(queue, head, 'expired');
      }
    }
  }

  get heldCount(): number {
    return this.#held.length;
  }

  #route(exchange: string, address: Address): Routed {
    if (exchange === '') {
      const queue = this.queues.get(address.routingKey);
      return queue === undefined ? [] : [queue];
    }
    const names = new Set<string>();
    this.#collect(exchange, address, names);
    return [...names].map((name) => this.queue(name));
  }

  /** What no binding takes goes to the alternate exchange, if there is one. https://www.rabbitmq.com/docs/ae */
  #collect(name: string, address: Address, queues: Set<string>): void {
    const exchange = this.#exchanges.get(name);
    if (exchange === undefined) return;
    let isTaken = false;
    for (const binding of this.#bindings) {
      if (binding.exchange !== name || !isFor(binding, exchange, address)) continue;
      isTaken = true;
      if ('to' in binding) this.#collect(binding.to, address, queues);
      else queues.add(binding.queue);
    }
    const alternate = exchange.arguments?.['alternate-exchange'];
    if (!isTaken && alternate !== undefined) this.#collect(alternate, address, queues);
  }

  #arrive(queue: Queue, message: Message, arrival: Arrival): void {
    if (arrival === 'in order') queue.messages.push(message);
    else if (arrival === 'ahead of others') queue.messages.unshift(message);
    else if (arrival === 'twice') queue.messages.push(message, { ...message });
    else this.#held.push({ message, queue, untilMs: this.#clock.nowMs + arrival.lateByMs });
  }

  /** https://www.rabbitmq.com/docs/dlx#effects */
  #deadLetter(from: Queue, message: Message, reason: string): void {
    const routingKey = from.deadLetterKey ?? message.routingKey;
    const targets = this.#route(from.deadLetterExchange, { routingKey, headers: message.headers });
    // What nobody takes is kept and offered again; nothing waits behind it.
    if (targets.length === 0) {
      this.#held.push({ message, queue: from, untilMs: this.#clock.nowMs + OFFERED_AGAIN_MS });
      return;
    }
    for (const target of targets) {
      const dead = {
        ...message,
        headers: { ...message.headers, 'x-first-death-reason': reason, 'x-first-death-queue': from.name },
        routingKey,
        queue: target.name,
        expiresAtMs: this.#clock.nowMs + target.ttlMs,
        returns: 0,
      };
      target.messages.push(dead);
      if (this.isDoubling) target.messages.push({ ...dead });
    }
  }
}
