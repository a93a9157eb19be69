import type { AuditPage, Timeline } from '../../api/calls.ts';
import type { Choreography } from '../choreography.ts';

/** What stands beside the services in a diagram. */
const CALLER = 'caller';
const OUTSIDE = 'outside';

/** One arrow or note of a diagram, in the sequence of what happened. */
export interface Step {
  /** When, in UTC; absent of what is still to come. */
  readonly at?: string;
  readonly from: string;
  /** The lane where it arrives: its own, if it is a note. */
  readonly to: string;
  /** What was said: an event, or the service's own cause. */
  readonly label: string;
  /** What it led to: a status. */
  readonly status?: string;
  /** `moved`: the status changed. `idle`: it changed nothing. `failed`: it could not be handled. `awaited`: it is to come. */
  readonly kind: 'moved' | 'idle' | 'failed' | 'awaited';
  /** Of all but `moved`: why nothing changed, or what is missing. */
  readonly why?: string;
}

export interface Diagram {
  readonly lanes: readonly string[];
  readonly steps: readonly Step[];
}

type Entry = Timeline['entries'][number];
export type Acts = AuditPage['items'];

/** What only asks again, so that it stands in the audit and in no history. */
const NUDGE = 'nudge';

/**
 * A saga's run as a sequence diagram: each entry of its timeline, the nudges that people have made, and last what it waits for.
 * `acts`: the audit of the saga.
 */
export function diagramOf(timeline: Timeline, acts: Acts, choreography: Choreography): Diagram {
  const { initiator, services } = choreography;
  const happened = [...entrySteps(timeline, choreography), ...nudgeSteps(acts, initiator)].toSorted(
    (one, other) => Date.parse(one.at ?? '') - Date.parse(other.at ?? ''),
  );
  const steps = [...happened, ...awaitedSteps(timeline, choreography)];
  const used = new Set(steps.flatMap(({ from, to }) => [from, to]));
  const lanes = [CALLER, ...services, OUTSIDE].filter((lane) => services.includes(lane) || used.has(lane));
  return { lanes, steps };
}

function entrySteps({ entries, participants }: Timeline, choreography: Choreography): readonly Step[] {
  const before = new Map<string, string | undefined>();
  return entries.map((entry): Step => {
    const { at, service, status, cause, error } = entry;
    const previous = before.get(service);
    const step = { at, from: senderOf(entry, choreography), to: service, label: cause };
    const shown = status === undefined ? {} : { status };
    if (error !== undefined) {
      const isDead = participants.some((each) => each.service === service && each.isDeadLetter === true);
      const next = isDead ? 'It is a dead letter now' : 'It is tried again';
      return { ...step, ...shown, kind: 'failed', why: `failed: ${error}. ${next}; nothing was written` };
    }
    before.set(service, status);
    if (previous === status && status !== undefined)
      return { ...step, ...shown, kind: 'idle', why: `${service} was ${status} already, and stays so` };
    return { ...step, ...shown, kind: 'moved' };
  });
}

/** Who says what an entry was caused by. What is no event comes from the caller, from outside, or from itself. */
function senderOf({ service, cause }: Entry, { initiator, says }: Choreography): string {
  const event = says[cause];
  if (event !== undefined) return event.by;
  if (service !== initiator) return OUTSIDE;
  return cause === NUDGE ? initiator : CALLER;
}

const nudgeSteps = (acts: Acts, initiator: string): readonly Step[] =>
  acts.flatMap(({ at, act, by, reason, before, after }): readonly Step[] => {
    // One that moved the saga on is in its history.
    if (act !== NUDGE || before?.status !== after?.status) return [];
    const stays = before?.status === undefined ? 'its status stays' : `it stays ${before.status}`;
    const why = `a nudge by ${by}${reason === undefined ? '' : ` (${reason})`}: ${initiator} said its last events again, and ${stays}`;
    return [{ at, from: CALLER, to: initiator, label: NUDGE, kind: 'idle', why }];
  });

function awaitedSteps({ waitsOn = [], participants }: Timeline, { says }: Choreography): readonly Step[] {
  return waitsOn.flatMap(({ service, toHear = [], toSay = [] }) => {
    const whom = participants.find((each) => each.service === service)?.waitingFor;
    const because = whom === undefined ? '' : `, and waits for the ${whom}`;
    return [
      ...toHear.map((type): Step => {
        const why = `${service} has yet to hear it${because}`;
        return { from: says[type]?.by ?? OUTSIDE, to: service, label: type, kind: 'awaited', why };
      }),
      ...(toSay.length === 0
        ? []
        : [
            {
              ...{ from: service, to: service, label: toSay.join(' or '), kind: 'awaited' as const },
              why: `${service} has yet to say it${because}`,
            },
          ]),
    ];
  });
}
