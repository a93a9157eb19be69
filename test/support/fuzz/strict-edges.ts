import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { marshall } from '@aws-sdk/util-dynamodb';
import type { Edges } from '../../../engine/batch/edges.ts';
import type { OutgoingMessage } from '../../../engine/batch/messages.ts';
import { PublishError } from '../../../engine/batch/publish-error.ts';
import type { IndexQuery, Item, Page, Write, WriteResult } from '../../../engine/batch/store.ts';
import { MemoryStore } from '../memory-store.ts';
import { RecordingPublisher } from '../recording-publisher.ts';

const MAX_ITEM_BYTES = 400 * 1024;
const MAX_KEY_BYTES = 2_048;
const BASIC_CLASS = 60;

/** amqplib's encoder, which the package does not export. */
const amqplib = dirname(createRequire(import.meta.url).resolve('amqplib'));
const { encodeProperties } = createRequire(import.meta.url)(join(amqplib, 'lib/defs.js')) as {
  readonly encodeProperties: (klass: number, channel: number, size: number, properties: object) => Buffer;
};

/** Refuses what DynamoDB always refuses: numbers no double holds, keys and items too large, half a surrogate pair. */
export class StrictStore extends MemoryStore {
  override async read(keys: readonly string[]): Promise<ReadonlyMap<string, Item>> {
    for (const key of keys) checkKey(key);
    return await super.read(keys);
  }

  override async write(writes: readonly Write[]): Promise<WriteResult> {
    for (const write of writes) {
      if (write.kind === 'put') {
        checkKey(write.item.pk);
        checkItem(write.item);
      } else {
        checkKey(write.key);
        if (write.kind === 'add') checkItem({ ...write.deltas, ...write.relyingOn });
      }
    }
    return await super.write(writes);
  }

  override async query(query: IndexQuery): Promise<Page> {
    checkKey(query.partition[1]);
    if (query.after !== undefined) checkItem(query.after);
    return await super.query(query);
  }
}

function checkKey(key: string): void {
  const bytes = Buffer.byteLength(key);
  if (bytes === 0 || bytes > MAX_KEY_BYTES) throw new Error(`ValidationException: a key of ${bytes} bytes`);
  if (!key.isWellFormed()) throw new Error('SerializationException: a key that is no Unicode');
}

function checkItem(item: object): void {
  const text = JSON.stringify(marshall(item, { removeUndefinedValues: true }));
  if (text.length > MAX_ITEM_BYTES && Buffer.byteLength(text) > MAX_ITEM_BYTES) {
    throw new Error('ValidationException: Item size has exceeded the maximum allowed size');
  }
  // JSON.stringify escapes half a surrogate pair, and no other text that begins so.
  if (/(?<!\\)(?:\\\\)*\\ud[89a-f]/.test(text)) throw new Error('SerializationException: no Unicode');
}

/** Confirms only messages that the real publisher can encode: any other would cost it its connection. */
export class StrictPublisher extends RecordingPublisher {
  override publish(message: OutgoingMessage): Promise<void> {
    const { messageId, type, contentType, headers = {}, expirationMs } = message;
    const expiration = expirationMs === undefined ? undefined : String(expirationMs);
    try {
      encodeProperties(BASIC_CLASS, 1, message.body.length, {
        messageId,
        type,
        contentType,
        headers,
        expiration,
      });
    } catch (error) {
      return Promise.reject(new PublishError(`cannot be encoded: ${String(error)}`));
    }
    return super.publish(message);
  }
}

export const NOW_MS = 1_800_000_000_000;

export interface StrictEdges extends Edges {
  readonly store: StrictStore;
  readonly publisher: StrictPublisher;
}

export const strictEdges = (items: readonly Item[]): StrictEdges => ({
  store: new StrictStore(items),
  publisher: new StrictPublisher(),
  now: () => NOW_MS,
  userOf: (service) => service,
});
