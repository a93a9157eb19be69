import type { Item } from '../../engine/batch/store.ts';
import { deadQueueOf } from '../../engine/saga/routes.ts';
import { replyOf, requestOf } from './actors/request.ts';
import type { Player } from './cast.ts';
import { isOfAudit } from './checker/audit.ts';
import { sagaIdOf } from './checker/message-id.ts';
import { roleOf } from './checker/roles.ts';
import { rowOf } from './checker/row.ts';
import { isTrouble } from './checker/troubles.ts';
import type { Lambda } from './lambda.ts';
import type { Simulation } from './simulation.ts';
import type { World } from './world/world.ts';

/** A redriven message may be dead-lettered again only if it can never be handled; more rounds than this change nothing. */
const REDRIVE_ROUNDS = 2;
/** Small, so that what stays fills pages by itself. */
const PAGE = 2;
const MAX_PAGES = 100;

/** P8: everything that is a dead letter is moved back, and nothing that has ended changes. */
export async function redriveAll(
  simulation: Simulation,
  lambda: Lambda,
  settle: () => Promise<boolean>,
): Promise<void> {
  const { checker, world } = simulation;
  const deadLetters = () =>
    world.cast.players.flatMap(({ service }) =>
      world.broker.queue(deadQueueOf(service)).messages.map(({ messageId }) => ({ service, messageId })),
    );
  if (deadLetters().length === 0) return;
  simulation.trace.say(() => 'every dead letter is redriven');
  const before = snapshot(world);
  for (let round = 0; round < REDRIVE_ROUNDS; round += 1) {
    for (const { service } of world.cast.players) redrivePages(simulation, lambda, service);
    if (!(await settle())) return;
  }
  if (!isSame(snapshot(world), before, world))
    checker.fail('P8', 'a redrive after the end has changed something');
  const stays = deadLetters().find(
    ({ service, messageId }) =>
      !checker.poison.has(`${service} ${messageId}`) && !world.unasked.has(sagaIdOf(messageId)),
  );
  if (stays !== undefined) checker.fail('P8', `${stays.messageId} is still a dead letter after a redrive`);
}

/** A page at a time, however many of them stay. */
export function redrivePages(
  simulation: Simulation,
  lambda: Lambda,
  service: string,
  cursor?: string,
  pages = 1,
): void {
  const request = {
    method: 'POST',
    by: 'operator',
    role: 'operator',
    path: {},
    body: { dryRun: false, reason: 'mended', first: PAGE, ...(cursor === undefined ? {} : { cursor }) },
  } as const;
  lambda.invoke(`${service}-dead-letters`, requestOf(request), (end) => {
    const reply = end.kind === 'returned' ? replyOf(end.value) : undefined;
    if (reply?.body.more !== true || pages === MAX_PAGES) return;
    const run = () => redrivePages(simulation, lambda, service, reply.body.cursor, pages + 1);
    simulation.scheduler.add({ run });
  });
}

/** What was done for a saga that nobody has placed may have to wait for a redrive to be undone. */
const isUnasked = (world: World, item: Item): boolean =>
  world.unasked.has(String(rowOf(item)?.[world.cast.saga.id.name]));

const knownTo = ({ service }: Player, world: World): unknown => {
  const known = world.known(service) as readonly (readonly [sagaId: string, entry: unknown])[];
  return known.filter(([sagaId]) => !world.unasked.has(sagaId));
};

/** What is known of a saga's end, by participant and key. */
type Snapshot = ReadonlyMap<string, unknown>;

/**
 * What must not change any more: all that a participant has done for a saga. Who waits for another event has done
 * nothing yet, and who hears of an outcome begins when everything else has ended. A step that nothing undoes may be
 * done late, too: a cancelled saga does not wait for it.
 */
function snapshot(world: World): Snapshot {
  const { players, saga } = world.cast;
  const undoers = saga.compensatorsOf(saga.initiation.cancels);
  return new Map(
    players
      .filter(({ service }) => service === saga.initiator || undoers.includes(service))
      .flatMap((player): (readonly [string, unknown])[] => [
        [player.service, JSON.stringify(knownTo(player, world))],
        ...[...world.tableOf(player.service).items]
          .filter(([key]) => !isOfAudit(key) && !isTrouble(key))
          .filter(([, item]) => !isWaiting(player, item) && !isUnasked(world, item))
          .map(([key, item]) => [`${player.service} ${key}`, item] as const),
      ]),
  );
}

/** Other things than records may be beside them. */
const isWaiting = (player: Player, item: Item): boolean =>
  item.record !== undefined && roleOf(player, item) === 'waiting';

/**
 * Items never change: whatever is written is another one. Whoever had done nothing, and nobody waited for, may hear of
 * the failure only now: that nothing will ever be done is all that may be new.
 */
const isSame = (now: Snapshot, before: Snapshot, world: World): boolean =>
  [...before].every(
    ([key, each]) => now.get(key) === each || JSON.stringify(now.get(key)) === JSON.stringify(each),
  ) && [...now].every(([key, each]) => before.has(key) || isTombstone(key, each as Item, world));

const isTombstone = (key: string, item: Item, { cast }: World): boolean =>
  item.record !== undefined && roleOf(cast.playerOf(key.split(' ')[0] ?? ''), item) === 'undone';
