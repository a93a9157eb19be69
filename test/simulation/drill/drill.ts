import type { Item } from '../../../engine/batch/store.ts';
import type { Code, Finding } from '../../../functions/reconciliation/compare.ts';
import { flawOfHoldings, flawOfUnasked } from '../checker/holdings.ts';
import { rowOf, statusOf } from '../checker/row.ts';
import type { Coverage } from '../coverage.ts';
import { deploymentIn } from '../deployment.ts';
import { Random } from '../random.ts';
import { redriveAll } from '../redriving.ts';
import { settle, turn } from '../run.ts';
import { Scene } from '../scene.ts';
import { flawOfMoney } from '../shop/money.ts';
import { reconciled } from '../shop/reconciliation.ts';
import type { Restored, World } from '../world/world.ts';

export interface Drilled {
  readonly seed: number;
  readonly flaw: string | undefined;
  readonly trace: readonly string[];
}

interface Options {
  readonly isTraced?: boolean;
  readonly coverage?: Coverage;
}

/** A table that was not put back is at the moment of the disaster. */
const NOT_BEHIND = 0.3;
const FAULTY_STEPS = 150;
/** The reconciliation comes each night. */
const MAX_NIGHTS = 5;
/** What cannot be put right is what there is: pieces that are gone, and a price that has changed. */
const NAMED_ONLY: ReadonlySet<string> = new Set(['CONFIRMED_STOCK_NOT_HELD', 'AMOUNTS_DIFFER']);
/** What people gave back in the time that is lost, they did for a reason: an order is confirmed again all the same. */
const GIVEN_BACK: ReadonlySet<string> = new Set(['CONFIRMED_OTHER_MONEY', 'GIVEN_BACK_AFTER_CONFIRMED']);

/**
 * One drill: sagas are under way, among faults, when all is lost. Each table is put back to a moment of its own, the broker
 * is new, and the provider knows everything. Then a person does what docs/operations.md says. Nobody was forgotten: who has
 * forgotten a saga repeats nothing of it.
 */
export async function drill(seed: number, { isTraced = false, coverage }: Options = {}): Promise<Drilled> {
  const deployment = await deploymentIn();
  const before = new Scene(deployment, { seed }, { isTraced, keepsAll: true });
  const restored = await disaster(before, seed);
  const told = { isTraced, ...(coverage === undefined ? {} : { coverage }), restored };
  const nobody = [...before.customers, ...before.operators].map(({ plan }) => plan.id);
  const scene = new Scene(deployment, { seed, without: nobody }, told);
  const { checker, trace, world } = scene.simulation;
  if (before.simulation.checker.violation === undefined) await recover(scene);
  const flaw = before.simulation.checker.violation ?? checker.violation;
  for (const { code } of (await reconciled(world)).findings) coverage?.count(`named: ${code}`);
  return {
    seed,
    flaw: flaw && `${flaw.promise}: ${flaw.flaw}`,
    trace: [...before.simulation.trace.lines, 'ALL IS LOST, AND TABLES ARE PUT BACK', ...trace.lines],
  };
}

/** A table as it was from some moment on. */
interface Version {
  readonly atMs: number;
  readonly changes: number;
  readonly items: ReadonlyMap<string, Item>;
}

/** Lets a scene go on until a moment that nobody has chosen. Each table is put back to any that it has been. */
async function disaster(scene: Scene, seed: number): Promise<Restored> {
  const { simulation, workload } = scene;
  const { world } = simulation;
  const random = new Random(seed, 40);
  const endStep = 20 + random.below(workload.faultySteps);
  const versions = new Map([...world.tables.keys()].map((service) => [service, [] as Version[]]));
  const remember = () => {
    for (const [service, { items, changes }] of world.tables) {
      const known = versions.get(service) ?? [];
      if (known.at(-1)?.changes === changes) continue;
      known.push({ atMs: world.clock.nowMs, changes, items: new Map(items) });
    }
  };
  scene.start();
  do {
    await turn();
    remember();
  } while (simulation.checker.violation === undefined && simulation.step < endStep && scene.advance());
  for (const invocation of [...simulation.live]) invocation.end({ kind: 'crashed' });
  await turn();
  const tables = new Map<string, ReadonlyMap<string, Item>>();
  const { clock, provider } = world;
  let sinceMs = clock.nowMs;
  for (const [service, known] of versions) {
    const version = random.chance(NOT_BEHIND) ? known.at(-1) : random.pick(known);
    if (version === undefined) continue;
    tables.set(service, version.items);
    sinceMs = Math.min(sinceMs, version.atMs);
  }
  return { tables, clock, provider, sinceMs: sinceMs - clock.errorMs };
}

/** The steps of the runbook. */
async function recover(scene: Scene): Promise<void> {
  const { simulation } = scene;
  const { world, checker } = simulation;
  // The schedule continues whatever has not ended, at first among faults.
  while (checker.violation === undefined && simulation.step < FAULTY_STEPS && scene.advance()) await turn();
  simulation.areFaultsOn = false;
  simulation.outages.clear();
  scene.lambda.skewMs = 0;
  scene.lambda.recycle();
  if (!(await settle(scene))) return;
  await sayAgain(scene, { from: new Date(world.restoredSinceMs ?? 0).toISOString() });
  if (checker.violation !== undefined) return;
  while (scene.finishAside()) if (!(await settle(scene))) return;
  for (let night = 0; (await cancelLost(scene)) && night < MAX_NIGHTS; night += 1)
    while (scene.finishAside()) if (!(await settle(scene))) return;
  await redriveAll(simulation, scene.lambda, () => settle(scene));
  world.isRecovering = false;
  await judge(scene);
}

/** Those that the reconciliation names. False if there are none, or no more can be done. */
async function cancelLost(scene: Scene): Promise<boolean> {
  const { simulation } = scene;
  const { world, checker } = simulation;
  const { findings } = await reconciled(world);
  checker.fail('reconciliation', flawOfNames(world, findings));
  const lost = [...new Set(findings.flatMap(({ orderId }) => (isLost(world, orderId) ? orderId : [])))];
  if (lost.length === 0 || checker.violation !== undefined) return false;
  for (const orderId of lost) world.unasked.add(orderId);
  await sayAgain(scene, { lost: lost.map((orderId) => ({ orderId, customerId: ownerOf(world, orderId) })) });
  return checker.violation === undefined;
}

/** Until it says that it is finished. */
async function sayAgain(scene: Scene, wanted: object): Promise<void> {
  const { simulation, lambda } = scene;
  let said: SaidAgain | undefined;
  lambda.invoke('nudge-orders', { sayAgain: wanted }, (end) => {
    if (end.kind === 'returned') said = end.value as SaidAgain;
    else simulation.checker.fail('P3', 'nothing could be said again');
  });
  if (!(await settle(scene)) || said === undefined || said.isFinished) return;
  await sayAgain(scene, { ...wanted, ...(said.after === undefined ? {} : { after: said.after }) });
}

interface SaidAgain {
  readonly isFinished: boolean;
  readonly after?: string;
}

const isLost = (world: World, orderId: string): boolean =>
  orderId !== '' && world.recordOf('order', orderId) === undefined;

const ownerOf = (world: World, orderId: string): string =>
  [world.recordOf('inventory', orderId), world.recordOf('payment', orderId)]
    .map((item) => rowOf(item)?.state.customerId as string | undefined)
    .find((owner) => owner !== undefined) ?? 'lost';

/** Whatever is held for an order that no table has is named, once. */
function flawOfNames(world: World, findings: readonly Finding[]): string | undefined {
  const named = (orderId: string, code: Code) =>
    findings.filter((each) => each.orderId === orderId && each.code === code).length;
  for (const orderId of world.unasked) {
    const holds = world.holdingOf('payment', orderId).isHeld === true;
    const reserves = statusOf(world.recordOf('inventory', orderId)) === 'RESERVED';
    if (reserves && named(orderId, 'STOCK_WITHOUT_ORDER') + named(orderId, 'STUCK') !== 1)
      return `nobody names the stock of ${orderId}`;
    if (holds && named(orderId, 'MONEY_WITHOUT_ORDER') + named(orderId, 'STUCK') !== 1)
      return `nobody names the money of ${orderId}`;
  }
  return undefined;
}

/** All promises hold again, but for what only a person can put right: that is named. */
async function judge({ simulation }: Scene): Promise<void> {
  const { checker, world } = simulation;
  const { findings } = await reconciled(world);
  const codesOf = (orderId: string) =>
    findings.filter((each) => each.orderId === orderId).map(({ code }) => code);
  const other = findings.find(
    ({ kind, orderId, code }) => kind !== 'information' && !mayBe(world, orderId, code, codesOf(orderId)),
  );
  checker.fail('reconciliation', other && `${other.code} of ${other.orderId}: ${other.sentence}`);
  for (const orderId of world.sagas.keys()) {
    const codes = codesOf(orderId);
    if (codes.some((code) => mayBe(world, orderId, code, codes))) continue;
    checker.failWith(flawOfMoney(world, orderId, { isOver: true }));
    checker.failWith(flawOfHoldings(world, orderId));
  }
  checker.failWith(flawOfUnasked(world));
}

/** Whether a finding is one of those that only a person can put right. */
function mayBe(world: World, orderId: string, code: Code, all: readonly Code[]): boolean {
  if (GIVEN_BACK.has(code)) return world.provider.isGivenBackByPeople(orderId);
  // Nobody tells the payment of an order whose stock is gone.
  return (
    NAMED_ONLY.has(code) || (code === 'PAYMENT_STATUS_DIFFERS' && all.some((each) => NAMED_ONLY.has(each)))
  );
}
