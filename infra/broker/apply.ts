import amqp, { type Channel, type ChannelModel } from 'amqplib';
import { within } from '../../engine/rabbitmq/within.ts';
import { Memory, memorable } from './memory.ts';
import type { Queue } from './queues.ts';
import type { Exchange, Topology } from './topology.ts';
import { goneFrom, unbind } from './unbind.ts';

/** A new broker takes some seconds. The answers to several hundred questions are awaited. */
export const TOPOLOGY_TIMEOUT_MS = 60_000;

/**
 * Declares exchanges, queues and bindings, and removes the bindings that only an earlier declaration had. Applying them
 * again changes nothing.
 *
 * @returns what an operator has to do, a sentence each
 * @throws Error before it declares anything, if a queue or exchange exists with other arguments: the broker cannot
 * change one in place; or if the broker does not answer in time
 */
export async function applyTopology(
  url: string,
  topology: Topology,
  timeoutMs = TOPOLOGY_TIMEOUT_MS,
): Promise<readonly string[]> {
  const socket = new AbortController();
  try {
    return await within(timeoutMs, applyOver(socket.signal, url, topology));
  } finally {
    // Ends the connection in any state, and nothing if it is closed.
    socket.abort();
  }
}

async function applyOver(signal: AbortSignal, url: string, topology: Topology): Promise<readonly string[]> {
  const options = { noDelay: true, signal };
  const connection = await amqp.connect(url, options);
  let reason: unknown;
  connection.on('error', (error) => {
    reason = error;
  });
  try {
    const memory = await Memory.open(connection);
    refuseAnother(memory, topology);
    const conflicts = await conflictsWith(connection, topology);
    if (conflicts.length > 0) throw new Error(instructions(conflicts));
    return await change(connection, topology, memory);
  } catch (error) {
    // What waits for an answer hears only that none will come. The broker may have said why.
    throw reason ?? error;
  } finally {
    await connection.close().catch(() => {});
  }
}

/** All sagas have the same exchanges, and each would undo what another one has bound. */
function refuseAnother({ sagas }: Memory, { saga }: Topology): void {
  const another = sagas.find((each) => each !== saga);
  if (another === undefined) return;
  throw new Error(`the broker belongs to the saga ${another}: give ${saga} a broker of its own`);
}

/** Binds before it unbinds: what has to be heard always reaches somebody. */
async function change(
  connection: ChannelModel,
  topology: Topology,
  memory: Memory,
): Promise<readonly string[]> {
  const wanted = memorable(topology);
  const gone = goneFrom(memory.before ?? { ...topology.unbound, queues: [] }, wanted);
  const left = await depthsOf(connection, gone.queues);
  await memory.add({ ...wanted, queues: [...wanted.queues, ...left.keys()] });
  await onChannel(connection, (channel) => declare(channel, topology));
  await onChannel(connection, (channel) => unbind(channel, gone));
  await memory.close();
  return [...left].map(
    ([queue, depth]) =>
      `The queue ${queue} belongs to no service any more: move or drop its ${depth} messages, and delete it.`,
  );
}

/** The number of messages in each queue that exists. */
async function depthsOf(
  connection: ChannelModel,
  queues: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const depths = new Map<string, number>();
  for (const queue of queues) {
    await refusalOf(connection, async (channel) => {
      depths.set(queue, (await channel.checkQueue(queue)).messageCount);
    });
  }
  return depths;
}

async function declare(channel: Channel, topology: Topology): Promise<void> {
  for (const exchange of topology.exchanges) await declareExchange(channel, exchange);
  for (const queue of topology.queues) await declareQueue(channel, queue);
  for (const { exchange, queue, routingKey, headers } of topology.bindings) {
    await channel.bindQueue(queue, exchange, routingKey, headers);
  }
  for (const { exchange, to, routingKey } of topology.exchangeBindings) {
    await channel.bindExchange(to, exchange, routingKey);
  }
}

const declareExchange = (channel: Channel, { name, type, arguments: args }: Exchange) =>
  channel.assertExchange(name, type, { durable: true, arguments: args });
const declareQueue = (channel: Channel, { name, arguments: args }: Queue) =>
  channel.assertQueue(name, { durable: true, arguments: args });

/**
 * Existing queues and exchanges that differ. Declaring one that exists changes nothing, and is refused if the arguments
 * differ. So only those that exist are declared here. https://www.rabbitmq.com/docs/queues#property-equivalence
 */
async function conflictsWith(connection: ChannelModel, topology: Topology): Promise<readonly string[]> {
  const conflicts: string[] = [];
  const check = async (
    what: string,
    look: (channel: Channel) => Promise<unknown>,
    declareIt: (channel: Channel) => Promise<unknown>,
  ) => {
    const isThere = (await refusalOf(connection, look)) === undefined;
    const refusal = isThere ? await refusalOf(connection, declareIt) : undefined;
    if (refusal !== undefined) conflicts.push(`${what}: ${refusal}`);
  };
  for (const exchange of topology.exchanges) {
    await check(
      `exchange ${exchange.name}`,
      (channel) => channel.checkExchange(exchange.name),
      (channel) => declareExchange(channel, exchange),
    );
  }
  for (const queue of topology.queues) {
    await check(
      `queue ${queue.name}`,
      (channel) => channel.checkQueue(queue.name),
      (channel) => declareQueue(channel, queue),
    );
  }
  for (const name of topology.leftovers) {
    const isThere = (await refusalOf(connection, (channel) => channel.checkQueue(name))) === undefined;
    if (isThere) conflicts.push(`queue ${name}: it belongs to another number of shards`);
  }
  return conflicts;
}

/** The broker's reason if it refuses the work. A refusal closes the channel. */
async function refusalOf(
  connection: ChannelModel,
  work: (channel: Channel) => Promise<unknown>,
): Promise<string | undefined> {
  try {
    await onChannel(connection, work);
    return undefined;
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
    if (code !== NOT_FOUND && code !== PRECONDITION_FAILED) throw error;
    return error instanceof Error ? error.message : String(error);
  }
}

/** https://www.rabbitmq.com/amqp-0-9-1-reference#constants */
const NOT_FOUND = 404;
const PRECONDITION_FAILED = 406;

async function onChannel<T>(connection: ChannelModel, work: (channel: Channel) => Promise<T>): Promise<T> {
  const channel = await connection.createChannel();
  // A refused declaration closes the channel. The call itself rejects, so this event is ignored.
  channel.on('error', () => {});
  const result = await work(channel);
  await channel.close();
  return result;
}

const instructions = (
  conflicts: readonly string[],
): string => `nothing was changed on the broker, because it has
${conflicts.map((conflict) => `  ${conflict}`).join('\n')}
The broker cannot change these in place. For each of them: stop its publishers, let its messages be handled or
move them, delete it, and apply the topology again.`;
