import type { Redelivery } from '../actors/workload.ts';
import type { Violation } from '../checker/checker.ts';
import { deploymentIn } from '../deployment.ts';
import type { PlannedFault } from '../faults.ts';
import { type Run, run } from '../run.ts';
import type { Script } from '../script.ts';

/** A saga to crash at every point, and the faults that belong to it. */
export interface Unit {
  /** The file of its deployment, if it is not the shop's. */
  readonly deployment?: string | undefined;
  readonly scenario: string;
  readonly redelivery: Redelivery;
  readonly faults: readonly PlannedFault[];
  /** There are no pairs of crashes in it. */
  readonly isSingly?: true;
}

export interface Enumerated extends Unit {
  readonly calls: number;
  readonly singles: number;
  readonly pairs: number;
  readonly broken: readonly { readonly script: Script; readonly violation: Violation }[];
}

const redeliveries: readonly Redelivery[] = ['once', 'twice', 'late'];

/** More of them would tell nothing more. */
const MAX_BROKEN = 3;

const scriptOf = (
  { deployment, scenario, redelivery, faults }: Unit,
  crashes: readonly PlannedFault[],
): Script => ({
  ...(deployment === undefined ? {} : { deployment }),
  seed: 0,
  order: 'arrival',
  scenario,
  redelivery,
  faults: [...faults, ...crashes],
});

/**
 * Crashes before and after each call of the saga, and then, for each of those crashes, before and after each call
 * that is made after it. The calls of the second round are those of the first round's run: a crash changes what
 * comes after it.
 */
export async function enumerate(unit: Unit): Promise<Enumerated> {
  const broken: Enumerated['broken'][number][] = [];
  const judge = ({ script, violation }: Run) => {
    if (violation !== undefined && broken.length < MAX_BROKEN) broken.push({ script, violation });
  };
  const calm = await run(scriptOf(unit, []));
  judge(calm);
  const total = { singles: 0, pairs: 0 };
  const firsts = crashesBetween(1, calm.callsAmongFaults).filter(({ at }) =>
    unit.faults.every((fault) => fault.at !== at),
  );
  for (const first of firsts) {
    const single = await run(scriptOf(unit, [first]));
    judge(single);
    total.singles += 1;
    if (unit.isSingly) continue;
    for (const second of crashesBetween(callOf(first) + 1, single.callsAmongFaults)) {
      judge(await run(scriptOf(unit, [first, second])));
      total.pairs += 1;
    }
  }
  return { ...unit, calls: calm.callsAmongFaults, ...total, broken };
}

function crashesBetween(from: number, to: number): readonly PlannedFault[] {
  return Array.from(
    { length: Math.max(to - from + 1, 0) },
    (_, index) => `call-${from + index}` as const,
  ).flatMap((at) => [{ at, fault: 'crash-before' } as const, { at, fault: 'crash-after' } as const]);
}

const callOf = ({ at }: PlannedFault): number => Number(at.slice('call-'.length));

/** The happy saga and each failing one. A customer can cancel once there is an answer, and until all is done. */
export async function unitsToCrash(file?: string): Promise<readonly Unit[]> {
  const { crashed, cast } = await deploymentIn(file);
  const of = file === undefined ? {} : { deployment: file };
  const stagesOf = async ([scenario, cancelled]: readonly [string, string]) => {
    const { callsAmongFaults } = await run(scriptOf({ ...of, scenario, redelivery: 'once', faults: [] }, []));
    return Array.from({ length: callsAmongFaults - 1 }, (_, index) => `${cancelled}-${index + 2}`);
  };
  const stages: string[] = [];
  for (const each of crashed.cancelled) stages.push(...(await stagesOf(each)));
  // Whoever else may be refused.
  const refusals = cast.players
    .filter(({ samples }) => samples !== undefined && samples.refused.length > 0)
    .map(({ service }) => `refused-by-${service}`);
  // Nobody hears of the saga: its environment dies before it can say so, and its customer does not ask again.
  const unheard: PlannedFault = { at: 'call-2', fault: 'crash-before' };
  const isSingly = (scenario: string) =>
    crashed.singly?.some((name) => scenario === name || scenario.startsWith(`${name}-`)) === true;
  const scenarios = [
    ...[...crashed.scenarios, ...refusals, ...stages].map((scenario) => ({
      scenario,
      faults: [],
      ...(isSingly(scenario) ? { isSingly: true as const } : {}),
    })),
    { scenario: 'deadline', faults: [unheard] },
  ];
  return scenarios.flatMap((each) => redeliveries.map((redelivery) => ({ ...of, ...each, redelivery })));
}
