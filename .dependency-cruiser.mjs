// Who may import whom: the layout's rules. test/unit/imports.test.ts proves that each of them can fail.
const eventSource = '^infra/local/rabbitmq-event-source/';

/** The rooms of the engine, and those that each imports, as ARCHITECTURE.md says. engine/live*.ts puts them together. */
export const rooms = {
  environment: ['saga'],
  batch: ['saga'],
  dynamodb: ['batch', 'environment'],
  rabbitmq: ['saga', 'batch', 'environment'],
  tracing: ['saga', 'batch', 'environment'],
  metrics: ['saga', 'batch'],
  consumer: ['saga', 'batch', 'environment', 'tracing', 'metrics'],
  audit: ['saga', 'batch'],
  http: ['saga', 'batch', 'environment', 'audit', 'tracing', 'metrics'],
  initiator: ['saga', 'batch', 'environment', 'audit', 'http', 'tracing', 'metrics'],
  privacy: ['saga', 'batch', 'environment', 'audit'],
  insight: ['saga', 'batch', 'environment', 'http'],
  'dead-letters': ['saga', 'batch', 'environment', 'audit', 'http', 'rabbitmq', 'consumer', 'metrics'],
};

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'saga-imports-only-zod',
      comment: 'The saga is pure: no SDK, no Node API, no other room.',
      severity: 'error',
      from: { path: '^engine/saga/' },
      to: { pathNot: ['^engine/saga/', '^node_modules/zod/'] },
    },
    ...Object.entries(rooms).map(([room, others]) => ({
      name: `${room}-imports-its-rooms`,
      comment: `It stands on ${others.join(', ')}.`,
      severity: 'error',
      from: { path: `^engine/${room}/` },
      to: { path: '^engine/', pathNot: `^engine/(${[room, ...others].join('|')})/` },
    })),
    {
      name: 'engine-imports-no-shop',
      comment: 'The engine knows no saga.',
      severity: 'error',
      from: { path: '^engine/' },
      to: { dependencyTypes: ['local'], pathNot: '^engine/' },
    },
    {
      name: 'decide-imports-only-saga',
      comment: 'A decision depends on its arguments, the declaration and the pure part of the engine alone.',
      severity: 'error',
      from: { path: '^functions/[^/]+/decide\\.ts$' },
      to: { pathNot: ['^engine/saga/', '^functions/[^/]+\\.ts$', '^node_modules/zod/'] },
    },
    {
      name: 'declaration-imports-only-saga',
      comment: 'Every service imports it, so it imports none.',
      severity: 'error',
      from: { path: '^functions/[^/]+\\.ts$' },
      to: { pathNot: ['^engine/saga/', '^functions/[^/]+\\.ts$', '^node_modules/zod/'] },
    },
    {
      name: 'service-imports-no-other-service',
      comment: 'Services talk by events. identity is a service like the others.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/', pathNot: '^functions/(reconciliation|privacy|insight)/' },
      to: { path: '^functions/[^/]+/', pathNot: '^functions/$1/' },
    },
    {
      name: 'auditor-only-reads',
      comment: 'It may know how each service keeps its records, and decides, writes and publishes nothing.',
      severity: 'error',
      from: { path: '^functions/reconciliation/' },
      to: {
        dependencyTypes: ['local'],
        pathNot: [
          '^functions/reconciliation/',
          '^functions/[^/]+\\.ts$',
          '^functions/[^/]+/table\\.ts$',
          '^functions/payment/(stripe-client|provider-code)\\.ts$',
          '^engine/(saga|environment|metrics)/',
          '^engine/batch/(store|record)\\.ts$',
          '^engine/live-table\\.ts$',
        ],
      },
    },
    {
      name: 'forgetter-knows-only-tables',
      comment: 'It knows how each service keeps its records, and nothing of what the service does.',
      severity: 'error',
      from: { path: '^functions/privacy/' },
      to: {
        dependencyTypes: ['local'],
        pathNot: [
          '^functions/privacy/',
          '^functions/[^/]+\\.ts$',
          '^functions/[^/]+/(table|decide)\\.ts$',
          '^engine/(saga|privacy)/',
          '^engine/live-table\\.ts$',
        ],
      },
    },
    {
      name: 'insight-only-reads',
      comment:
        'It may know how each service keeps its records, and what the provider has; it changes nothing.',
      severity: 'error',
      from: { path: '^functions/insight/' },
      to: {
        dependencyTypes: ['local'],
        pathNot: [
          '^functions/insight/',
          '^functions/[^/]+\\.ts$',
          '^functions/privacy/tables\\.ts$',
          '^functions/payment/(stripe-client|provider-code)\\.ts$',
          '^engine/(saga|insight)/',
          '^engine/initiator/nudge\\.ts$',
          '^engine/live-table\\.ts$',
        ],
      },
    },
    {
      name: 'comparison-imports-only-facts',
      comment: 'What agrees with what depends on the facts alone.',
      severity: 'error',
      from: { path: '^functions/reconciliation/(compare|facts)\\.ts$' },
      to: { pathNot: ['^functions/reconciliation/facts\\.ts$', '^functions/[^/]+\\.ts$'] },
    },
    {
      name: 'functions-import-only-functions',
      comment:
        'What ships knows neither infra/, test/ nor a file of the project folder. api/ describes what ships.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { dependencyTypes: ['local'], pathNot: '^(functions|engine|api)/' },
    },
    {
      name: 'example-imports-only-engine',
      comment: 'Another saga by the same engine has nothing of the shop, and nothing of another example.',
      severity: 'error',
      from: { path: '^examples/([^/]+)/' },
      to: { dependencyTypes: ['local'], pathNot: '^(engine|examples/$1)/' },
    },
    {
      name: 'functions-import-no-dev-dependency',
      comment: 'It would be missing in AWS. Types vanish before that.',
      severity: 'error',
      from: { path: '^(functions|examples|engine)/' },
      to: { dependencyTypes: ['npm-dev', 'npm-optional'], dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'console-runs-in-a-browser',
      comment:
        'It is a client of the API. Of what operators read in a terminal it takes the words, and nothing of Node.',
      severity: 'error',
      from: { path: '^console/' },
      to: { dependencyTypes: ['local', 'core'], pathNot: '^(console|api|infra/op/text)/' },
    },
    {
      name: 'infra-imports-no-test',
      severity: 'error',
      from: { path: '^infra/' },
      to: { path: '^test/' },
    },
    {
      name: 'event-source-stands-alone',
      comment: 'A plugin of its own, with a package.json of its own, that any project could use.',
      severity: 'error',
      from: { path: eventSource },
      to: { dependencyTypes: ['local'], pathNot: eventSource },
    },
    {
      name: 'no-undeclared-package',
      comment: 'The nearest package.json names every package that is imported.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-circular-import',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolvable-import',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    // Its own support for TypeScript ends below version 7, without which it is blind to what is imported for types.
    parser: 'swc',
    doNotFollow: { path: '(^|/)node_modules/' },
    // Some packages say only there where they begin.
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default'] },
  },
};
