// Who may import whom: the layout's rules. test/unit/imports.test.ts proves that each of them can fail.
const eventSource = '^infra/local/rabbitmq-event-source/';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'saga-imports-only-zod',
      comment: 'The kernel is pure: no SDK, no Node API, no other folder.',
      severity: 'error',
      from: { path: '^functions/saga/' },
      to: { pathNot: ['^functions/saga/', '^node_modules/zod/'] },
    },
    {
      name: 'decide-imports-only-saga',
      comment: 'A decision depends on its arguments alone.',
      severity: 'error',
      from: { path: '^functions/[^/]+/decide\\.ts$' },
      to: { pathNot: '^functions/saga/' },
    },
    {
      name: 'runtime-imports-no-service',
      comment: 'The shell is shared by all participants, so it knows none of them.',
      severity: 'error',
      from: { path: '^functions/runtime/' },
      to: { path: '^functions/', pathNot: '^functions/(runtime|saga)/' },
    },
    {
      name: 'service-imports-no-other-service',
      comment: 'Services talk by events. identity is a service like the others.',
      severity: 'error',
      from: { path: '^functions/([^/]+)/', pathNot: '^functions/(runtime|saga)/' },
      to: { path: '^functions/', pathNot: '^functions/($1|runtime|saga)/' },
    },
    {
      name: 'functions-import-only-functions',
      comment: 'What ships knows neither infra/, test/ nor a file of the project folder.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { dependencyTypes: ['local'], pathNot: '^functions/' },
    },
    {
      name: 'functions-import-no-dev-dependency',
      comment: 'It would be missing in AWS. Types vanish before that.',
      severity: 'error',
      from: { path: '^functions/' },
      to: { dependencyTypes: ['npm-dev', 'npm-optional'], dependencyTypesNot: ['type-only'] },
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
  },
};
