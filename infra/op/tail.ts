import type { Timeline } from '../../api/calls.ts';
import type { Ask } from './ask.ts';
import { Refusal } from './ask.ts';
import { follow, type Look, type Watch } from './follow.ts';
import { orderNamed, textOf } from './named.ts';
import type { Operation } from './operation.ts';
import { allPages } from './pages.ts';
import { endOf, entryOf, hasEnded, signOf, standingOf } from './text/event.ts';
import type { Open } from './text/standing.ts';

/** Bounds what one look asks: pages of open orders, and orders that have left them. */
const PAGE = 100;
const MAX_LISTED = 5 * PAGE;
const MAX_ASKED = 20;
/** So many that have left the list wait for being asked for. In a flood there are more. */
const MAX_LEFT = 1_000;

export const tail: Operation = {
  usage: 'tail',
  about:
    'What happens to open orders, as it happens, until Ctrl-C. One that begins and ends between two looks is not seen.',
  options: [
    { flags: '--order <id>', about: 'all that happens to one order, until it ends; the id: as for show' },
  ],
  isEndless: true,
  run: async ({ options, watch }, { ask }) => {
    const id = textOf(options.order);
    const look = id === undefined ? lookAtAll(ask, watch) : lookAtOne(id, ask, watch);
    await follow(look, watch);
    return { lines: [], answer: undefined, isDone: true };
  },
};

/** Tells what is new of each open order, and how those end that it has seen open. */
function lookAtAll(ask: Ask, watch: Watch): () => Promise<Look> {
  /** How each stood when it was told of last. The first ones wait longest for being asked for. */
  const known = new Map<string, string>();
  return async () => {
    const items = await openOnes(ask);
    const listed = new Set(items.map(({ orderId }) => orderId));
    const news = items.filter((each) => known.get(each.orderId) !== signOf(each));
    for (const each of news) {
      watch.tell(standingOf(each, watch.now()), each);
      known.set(each.orderId, signOf(each));
    }
    const left = [...known].filter(([orderId]) => !listed.has(orderId));
    const dropped = left.splice(0, Math.max(0, left.length - MAX_LEFT));
    for (const [orderId] of dropped) known.delete(orderId);
    if (dropped.length > 0)
      watch.complain(`${dropped.length} orders more than can be followed: how they end is not told.`);
    let ended = 0;
    for (const [orderId, sign] of left.slice(0, MAX_ASKED)) {
      const timeline = await timelineOf(orderId, ask);
      known.delete(orderId);
      if (timeline !== undefined && !hasEnded(timeline)) {
        known.set(orderId, sign);
        continue;
      }
      ended += 1;
      if (timeline !== undefined) watch.tell(endOf(timeline), inShort(timeline));
    }
    return news.length + ended > 0 ? 'changed' : 'same';
  };
}

/** Of many those that the schedule comes to first: the list is asked for again and again. */
async function openOnes(ask: Ask): Promise<readonly Open[]> {
  const { page, failure } = await allPages(
    async (cursor) => {
      const from = cursor === undefined ? {} : { cursor };
      return (await ask('GET /sagas', { query: { limit: PAGE, ...from } })).body;
    },
    ({ length }) => length >= MAX_LISTED,
  );
  if (failure !== undefined) throw failure;
  // One that moves on while pages are read may be on two of them.
  return [...new Map(page.items.map((each) => [each.orderId, each])).values()];
}

/** Undefined if there is none any more. */
async function timelineOf(orderId: string, ask: Ask): Promise<Timeline | undefined> {
  try {
    return (await ask('GET /orders/{orderId}/timeline', { path: { orderId } })).body;
  } catch (error) {
    if (error instanceof Refusal && error.status === 404) return undefined;
    throw error;
  }
}

const inShort = ({ participants: _, entries: __, waitsOn: ___, ...summary }: Timeline): object => summary;

/** Tells each entry of an order's timeline once, and how it ends. */
function lookAtOne(id: string, ask: Ask, watch: Watch): () => Promise<Look> {
  const told = new Set<string>();
  let orderId: string | undefined;
  return async () => {
    orderId ??= await orderNamed(id, undefined, ask);
    const { body: timeline } = await ask('GET /orders/{orderId}/timeline', { path: { orderId } });
    // Each service has a clock of its own, so what is new need not be the last.
    const news = timeline.entries.filter((entry) => !told.has(JSON.stringify(entry)));
    for (const entry of news) {
      watch.tell(entryOf(entry), entry);
      told.add(JSON.stringify(entry));
    }
    if (hasEnded(timeline)) {
      watch.tell(endOf(timeline), inShort(timeline));
      return 'ended';
    }
    return news.length > 0 ? 'changed' : 'same';
  };
}
