import type { Part } from './part.ts';
import { identify, isRunning } from './process-identity.ts';

/**
 * Stops a part's process where it stands, as a long pause of its machine does: it lives, holds its connections, and does
 * nothing. Returns what lets that very process go on.
 * @throws Error if the part does not run as a process of ours
 */
export function freeze({ title, pid }: Pick<Part, 'title' | 'pid'>): () => void {
  const identity = pid === undefined ? undefined : identify(pid);
  if (identity === undefined) throw new Error(`${title} does not run as a process of this system`);
  process.kill(identity.pid, 'SIGSTOP');
  return () => {
    if (isRunning(identity)) process.kill(identity.pid, 'SIGCONT');
  };
}
