import { expect, test } from 'vitest';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { queueOf } from '../../engine/saga/routes.ts';
import { shop } from '../../functions/shop.ts';
import { readWiring, repository } from '../support/wiring.ts';
import { wiringChecks } from '../support/wiring-checks.ts';

/** Each check is shown to complain about what it is there for in `choreography-checks.test.ts`. */
test.each(Object.entries(wiringChecks))(
  'the declaration, the broker and the functions agree: %s',
  (_name, check) => {
    for (const shards of ['', '2', '16', 'inventory=4,payment=2']) {
      expect(check(readWiring(parseQueueShards(shop, shards))), shards).toEqual([]);
    }
  },
);

test('the checks look at what is there: every service, its queue and its function', () => {
  const { topology, serverless, sources, tables } = readWiring();
  expect(topology.queues.map(({ name }) => name)).toEqual(expect.arrayContaining(shop.services.map(queueOf)));
  expect(Object.keys(serverless.functions).length).toBeGreaterThan(shop.services.length);
  expect(tables).toHaveLength(shop.services.length);
  expect(sources['engine/environment/environment.ts']).toContain('process.env[name]');
});

test('every function can be loaded and has its handler', async () => {
  for (const [name, { handler }] of Object.entries(readWiring().serverless.functions)) {
    const [path = '', exported = ''] = handler.split('.');
    const entry: Record<string, unknown> = await import(`${repository}/${path}.ts`);
    expect(typeof entry[exported], name).toBe('function');
  }
}, 60_000);
