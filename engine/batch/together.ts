import type { Edges } from './edges.ts';
import type { Memory } from './memory.ts';
import type { Participant, Work } from './participant.ts';
import { type Outcome, run } from './run.ts';

/** One group writes while the one before it publishes. */
const MAX_UNDER_WAY = 2;
/** Half a transaction's limit, so no request waits for a second transaction. */
const MAX_TOGETHER = 50;

interface Waiting<State, Input> {
  readonly work: Work<Input>;
  readonly resolve: (outcome: Outcome<State>) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Batches the requests that arrive while others are under way, as the queue does for messages. An environment that
 * serves one request at a time never waits; one that serves many at once commits them as a group.
 */
export function together<
  State extends { readonly status: string },
  Input extends { readonly type: string },
  Effect,
>(
  participant: Participant<State, Input, Effect>,
  edges: Edges,
  memory?: Memory,
): (work: Work<Input>) => Promise<Outcome<State>> {
  const waiting: Waiting<State, Input>[] = [];
  let underWay = 0;

  const runGroup = async (group: readonly Waiting<State, Input>[]): Promise<void> => {
    try {
      const outcomes = await run(
        participant,
        group.map(({ work }) => work),
        edges,
        memory,
      );
      for (const [index, { resolve, reject }] of group.entries()) {
        const outcome = outcomes[index];
        if (outcome === undefined) reject(new Error('work was lost'));
        else resolve(outcome);
      }
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
  };

  const start = (): void => {
    if (underWay === MAX_UNDER_WAY || waiting.length === 0) return;
    underWay += 1;
    const next = () => {
      underWay -= 1;
      start();
    };
    runGroup(waiting.splice(0, MAX_TOGETHER)).then(next, next);
  };

  return (work) =>
    new Promise((resolve, reject) => {
      waiting.push({ work, resolve, reject });
      start();
    });
}
