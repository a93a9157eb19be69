import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import type { ChannelModel } from 'amqplib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { eventRecord } from '../../infra/local/rabbitmq-event-source/event.ts';
import { readDeepHeadersAsBytes } from '../../infra/local/rabbitmq-event-source/shallow-headers.ts';
import { deliveredMessage } from '../support/event-source/message.ts';
import { check, report, Sightings } from '../support/fuzz/campaign.ts';
import { headerFrame, headerTrees, type Tree } from '../support/fuzz/header-frames.ts';

/**
 * Goal: whatever a header holds, the message arrives, and so does what is behind it. Method: amqplib's own connection
 * reads frames that we write, however they are cut. Fails without readDeepHeadersAsBytes: the stack overflows.
 */
const require = createRequire(import.meta.url);
// The package exports its client only.
const { Connection } = require(join(dirname(require.resolve('amqplib')), 'lib/connection.js'));

const MAX_DEPTH = 100;
const RUNS = 150;

/** What is read, and what is said of how deep it was. */
function depthsOf(
  given: Tree | undefined,
  read: unknown,
): { readonly depth: number; readonly isWhole: boolean } {
  let [expected, actual, depth]: [Tree | undefined, unknown, number] = [given, read, 0];
  while (typeof expected === 'object' && !Buffer.isBuffer(actual)) {
    const [name, beside] = Array.isArray(expected) ? ['1', '0'] : ['in', 'beside'];
    const [next, holder] = [expected as Record<string, Tree>, actual as Record<string, unknown>];
    expect(holder[beside]).toBe('x');
    [expected, actual, depth] = [next[name], holder[name], depth + 1];
  }
  const isWhole = typeof expected === 'string';
  if (isWhole) expect(actual).toBe(expected);
  return { depth, isWhole };
}

test('headers of any depth are read, whole up to 100 levels, and what is deeper as bytes', async () => {
  const sightings = new Sightings();
  const inputs = fc.tuple(
    headerTrees,
    fc.option(fc.string({ maxLength: 9, unit: 'grapheme-ascii' })),
    fc.nat(),
  );
  await check(inputs, RUNS, async ([headers, type, cut]) => {
    const bytes = headerFrame(headers, type ?? undefined);
    const stream = new PassThrough();
    const connection = new Connection(stream);
    readDeepHeadersAsBytes({ connection } as ChannelModel);
    const at = cut % bytes.length;
    stream.write(bytes.subarray(0, at));
    expect(connection.recvFrame()).toBe(false);
    stream.write(Buffer.concat([bytes.subarray(at), headerFrame({ behind: 'it' }, 'x')]));
    const { fields } = connection.recvFrame();
    expect(fields.contentType).toBe(type ?? undefined);
    expect(Object.keys(fields.headers).toSorted()).toEqual(Object.keys(headers).toSorted());
    for (const [name, tree] of Object.entries(headers)) {
      const { depth, isWhole } = depthsOf(tree, fields.headers[name]);
      expect(isWhole || depth === MAX_DEPTH).toBe(true);
      sightings.saw(isWhole ? 'whole' : 'cut');
    }
    JSON.parse(eventRecord(deliveredMessage({ body: '', properties: { headers: fields.headers } })).json);
    expect(connection.recvFrame()).toMatchObject({ fields: { headers: { behind: 'it' } } });
  });
  report('headers', sightings);
  expect(Math.min(sightings.count('whole'), sightings.count('cut'))).toBeGreaterThan(0);
}, 240_000);
