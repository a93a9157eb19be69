const named = (names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);

/** The tests that a broker can fail: of the broker alone, of the event source, and the suite on a whole system. */
export const runs: readonly (readonly string[])[] = [
  ['vitest', 'run', '--project', 'contract', 'test/contract/broker.test.ts'],
  [
    ...['vitest', 'run', '--project', 'own-system', '--project', 'parts'],
    'test/integration/rabbitmq-event-source',
    ...named(['dead-letter-queues', 'killed-function', 'publisher', 'shards']),
    ...named(['topology', 'topology-change', 'topology-resource']),
  ],
  ['node', 'infra/local/bootstrap.mjs', 'test/given/given.ts'],
];
