import type { Part, PartFailure } from './processes/part.ts';
import { SetupError } from './processes/setup-error.ts';

const maximumRevivals = 5;
const periodMs = 60_000;

/**
 * Restarts a part that ended by itself, as a cloud would replace it: sagas must survive that. Throws if the part can't
 * be started, or ends so often that something else must be wrong.
 */
export function reviver(report: (line: string) => void): (failure: PartFailure) => Promise<void> {
  const revivals = new Map<Part, number[]>();
  return async ({ part, how, lastLines }) => {
    const now = performance.now();
    const recent = (revivals.get(part) ?? []).filter((at) => now - at < periodMs);
    if (recent.length >= maximumRevivals) {
      throw new SetupError(`${part.title} keeps ending (${how}). Its last lines:\n${lastLines}`);
    }
    revivals.set(part, [...recent, now]);
    report(`! ${part.title} ended (${how}); starting it again`);
    report(`✓ ${await part.start()}`);
  };
}
