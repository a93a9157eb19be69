import type { Write } from '../../../engine/batch/store.ts';
import { keyOf } from '../world/table.ts';

const TROUBLE = 'trouble#';
const MEMBERS = new Set([
  'pk',
  'atMs',
  'because',
  'error',
  'attempts',
  'nextTryMs',
  'isDeadLetter',
  'version',
  'overMs',
  'auditExpires',
]);

/** How the simulation's cards and client secrets look. */
const SECRETS = /pm_[a-z]\w*|\w*_secret_\w*/i;

/** Beside the records of every table: what a participant has last failed on. */
export const isTrouble = (key: string): boolean => key.startsWith(TROUBLE);

/** What is wrong with how somebody notes what has failed: nothing else is written with it, and it tells of nobody. */
export function flawOfTrouble(writes: readonly Write[]): string | undefined {
  const notes = writes.filter((write) => isTrouble(keyOf(write)));
  if (notes.length === 0) return undefined;
  if (notes.length < writes.length) return `${keyOf(notes[0] as Write)} is written with something else`;
  for (const write of notes) {
    const key = keyOf(write);
    if (write.kind === 'add' && Object.keys({ ...write.deltas, ...write.sets }).join() !== 'overMs')
      return `${key} is changed in more than its end`;
    if (write.kind === 'add' && write.relyingOn.because === undefined)
      return `${key} is ended, whatever it says now`;
    if (write.kind !== 'put') continue;
    if (write.expects !== 'anything') return `${key} is noted only where something is as it was`;
    const strange = Object.keys(write.item).find((name) => !MEMBERS.has(name));
    if (strange !== undefined) return `${key} has ${strange}`;
    if ((write.item.version === undefined) !== (write.item.auditExpires !== undefined))
      return `${key} is of ${write.item.version === undefined ? 'no record, and kept for ever' : 'a record, and expires'}`;
    const [told] = SECRETS.exec(JSON.stringify(write.item)) ?? [];
    if (told !== undefined) return `${key} tells of ${told}`;
  }
  return undefined;
}
