const named = (names: readonly string[]) => names.map((name) => `test/integration/${name}.test.ts`);

/** Integration tests that need of a system no more than its endpoints. Each is content with what the one before it left. */
export const suiteFiles = named([
  ...['saga', 'contention', 'disorder', 'poison', 'redrive', 'refund', 'nudge'],
  ...['http-api', 'broker-users', 'scenarios', 'three-d-secure', 'person'],
]);

const why = (reason: string, ...names: readonly string[]) =>
  Object.fromEntries(named(names).map((file) => [file, reason]));

/** What each is about is a part of a system, by itself. */
const aboutParts: Readonly<Record<string, string>> = {
  ...why(
    'is about a broker without participants, whose queues it changes',
    'topology',
    'topology-change',
    'topology-resource',
    'full-queues',
  ),
  ...why(
    'is about one class and a broker, whose connections it cuts or blocks, or which it kills',
    'dead-letter-queues',
    'dead-letter-pages',
    'publisher',
    'blocked-publisher',
    'bounds',
  ),
  ...why('is about a database alone, whose tables it deletes', 'missing-table'),
  ...why('is about the payment provider alone', 'payment-sandbox', 'provider', 'mute-provider'),
  ...why(
    'is about the event source alone, with a Serverless project of its own',
    ...['broken-broker', 'delivery', 'failure', 'lifecycle', 'recovery', 'redelivery'].map(
      (name) => `rabbitmq-event-source/${name}`,
    ),
  ),
};

/** They share no system, so several run at once. */
export const partFiles = Object.keys(aboutParts);

/** The others, and what they would do to a system, or need of it, that endpoints alone do not give. */
export const notInSuite: Readonly<Record<string, string>> = {
  ...why('kills the functions, the broker or the database, and starts them again', 'crash', 'outage'),
  ...why('raises an alarm of the broker, and counts its connections', 'broker-alarm'),
  ...why('kills the functions, and runs `sls invoke local` as a part of its own system', 'scripted-sagas'),
  ...why('needs a deadline of seconds, with which other files’ orders would be cancelled', 'deadline'),
  ...why('needs the limits that other files do not want', 'fairness'),
  ...why('needs a collector of spans, which a given system knows nothing of, and reads its log', 'tracing'),
  ...why('needs several queues for each service', 'shards'),
  ...why('has subscribers, and so a participant more', 'webhooks'),
  ...why('needs a payment provider that refuses what comes too fast, and keeps to its rate', 'overload'),
  ...why('kills its own function', 'killed-function'),
  ...why('puts tables back behind the functions’ backs', 'restore'),
  ...why('leaves an order behind that never ends', 'unrefunded'),
  ...why('moves money behind the shop’s back, which every other file’s audit would see', 'reconciliation'),
  ...why('measures processes of this machine', 'bench', 'growth'),
  ...why('is about how a system is started, and ends', 'local-system', 'localstack', 'readme', 'wiring'),
  ...aboutParts,
};
