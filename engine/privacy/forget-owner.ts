import { pseudonymKeyOf } from '../audit/pseudonym.ts';
import type { Item, Store } from '../batch/store.ts';
import { byOwner } from '../saga/initiator-table.ts';
import type { Saga } from '../saga/saga.ts';
import { tallyKey } from '../saga/tally.ts';

const kinds = [pseudonymKeyOf, tallyKey];

/** Whom an item of the initiator's table is about that is kept beside the sagas; undefined for all others. */
export function ownerKeptIn({ pk }: Item): string | undefined {
  const prefix = kinds.map((keyOf) => keyOf('')).find((each) => pk.startsWith(each));
  return prefix === undefined ? undefined : pk.slice(prefix.length);
}

/** What is kept of an owner beside its sagas: the key of its name in the audit, and its tally. */
export async function forgetOwner(store: Store, owner: string): Promise<void> {
  // Without the key that name leads to nobody.
  await store.write([{ kind: 'delete', key: pseudonymKeyOf(owner) }]);
  const key = tallyKey(owner);
  if (!(await store.read([key])).has(key)) return;
  // Somebody who has begun another saga meanwhile gives its place back when it ends, so that tally stays.
  await store.write([{ kind: 'delete', key, relyingOn: { open: 0 } }]);
}

/** The same for whoever has no saga left that is not forgotten: the last one ended days ago, and so did any pause. */
export async function forgetIdleOwner(saga: Saga, store: Store, owner: string): Promise<void> {
  const partition = [saga.owner, owner] as const;
  const { entries } = await store.query({ index: byOwner(saga), partition, limit: 1 });
  if (entries.length === 0) await forgetOwner(store, owner);
}
