import { createHmac, randomBytes } from 'node:crypto';
import { type Item, type Store, StoreUnavailableError } from '../batch/store.ts';

/** The item of the initiator's table with the key of an owner's pseudonym. Without it nobody knows any more who it was. */
export const pseudonymKeyOf = (ownerId: string): string => `pseudonym-key#${ownerId}`;

const KEY_BYTES = 32;

/**
 * What the audit calls an owner of sagas: always the same as long as the key is there, and to be guessed by nobody without
 * it, whoever has a list of all owners. The key is made when it is needed first.
 */
export async function pseudonymOf(store: Store, ownerId: string): Promise<string> {
  const pk = pseudonymKeyOf(ownerId);
  const { key } = (await store.read([pk])).get(pk) ?? (await made(store, pk));
  return createHmac('sha256', Buffer.from(key as string, 'base64url'))
    .update(ownerId)
    .digest('base64url');
}

/** Of two that are made at once, the first one stays. */
async function made(store: Store, pk: string): Promise<Item> {
  const item = { pk, key: randomBytes(KEY_BYTES).toString('base64url') };
  const result = await store.write([{ kind: 'put', item, expects: 'absent' }]);
  if (result.ok) return item;
  const [refusal] = result.refusals;
  if (refusal?.cause === 'condition' && refusal.stored !== undefined) return refusal.stored;
  throw new StoreUnavailableError('the key of a pseudonym is being made');
}
