import { spawnSync } from 'node:child_process';
import { globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import * as z from 'zod';
import { projectDir } from '../../infra/local/project.ts';

const cruiser = join(projectDir, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
const config = join(projectDir, '.dependency-cruiser.mjs');
/** What the rules say that each room of the engine may import. */
const { rooms } = (await import(config)) as { readonly rooms: Readonly<Record<string, readonly string[]>> };
const sourceFolders = ['console', 'engine', 'functions', 'examples', 'infra', 'test'];

const cruise = z.object({
  modules: z.array(
    z.object({ source: z.string(), dependencies: z.array(z.object({ resolved: z.string() })) }),
  ),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
    ruleSetUsed: z.object({ forbidden: z.array(z.object({ name: z.string() })) }),
  }),
});

/** Over the whole project, on a busy machine. */
const CRUISE_MS = 60_000;

/** Runs the very command and rules of `npm run check:imports` over a folder. */
function cruiseOver(folder: string): z.infer<typeof cruise> {
  const args = [cruiser, '--config', config, '--output-type', 'json', ...sourceFolders];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: folder,
    encoding: 'utf8',
    maxBuffer: 100_000_000,
  });
  if (stdout === '') throw new Error(`dependency-cruiser said nothing: ${stderr}`);
  return cruise.parse(JSON.parse(stdout));
}

const handler = 'export const handler = 1;';
const at = (...imports: readonly string[]) => imports.map((path) => `import '${path}';`).join('\n');

/** Goal: each rule complains. Method: a small project that breaks every rule, and otherwise obeys them. */
const planted: Readonly<Record<string, string>> = {
  'package.json': '{"dependencies":{"zod":"1","sdk":"1"},"devDependencies":{"tool":"1","@types/typed":"1"}}',
  'root.config.ts': handler,
  'node_modules/zod/index.js': '',
  'node_modules/sdk/index.js': '',
  'node_modules/tool/index.js': '',
  'node_modules/stray/index.js': '',
  'node_modules/@types/typed/index.d.ts': 'export type Typed = 1;',

  'console/console.tsx': at('../api/client.ts', './router.ts', '../infra/op/text/times.ts', 'tool'),
  'console/router.ts': at('node:fs', '../functions/ids.ts', '../infra/ports.ts'),
  'api/client.ts': handler,
  'infra/op/text/times.ts': handler,

  'engine/saga/saga.ts': at('zod', 'node:crypto', '../environment/log.ts'),
  'engine/environment/log.ts': at('../batch/commit.ts'),
  'engine/batch/commit.ts': `${at('sdk', 'node:fs', '../saga/ids.ts', '../environment/names.ts')}
    import type { Typed } from 'typed';
    export const late = () => import('../../functions/order/table.ts');`,
  'engine/saga/ids.ts': handler,
  'engine/dynamodb/store.ts': at('../batch/edges.ts', '../saga/ids.ts'),
  'engine/environment/names.ts': handler,
  'engine/batch/edges.ts': handler,
  'engine/rabbitmq/link.ts': at('../saga/ids.ts', '../consumer/consume.ts'),
  'engine/consumer/consume.ts': at('../batch/edges.ts', '../initiator/nudge.ts'),
  'engine/metrics/emf.ts': at('../batch/edges.ts', '../environment/log.ts'),
  'engine/tracing/spans.ts': at('../batch/edges.ts', '../rabbitmq/link.ts'),
  'engine/audit/entry.ts': at('../saga/ids.ts', '../batch/edges.ts', '../http/http.ts'),
  'engine/http/http.ts': at('../saga/ids.ts', '../rabbitmq/link.ts'),
  'engine/initiator/nudge.ts': at('../batch/edges.ts', '../dead-letters/dead-letter-queues.ts'),
  'engine/dead-letters/dead-letter-queues.ts': at('../saga/ids.ts', '../live.ts'),
  'engine/privacy/retain.ts': at('../batch/edges.ts', '../http/http.ts'),
  'engine/insight/seen.ts': at('../batch/edges.ts', '../dead-letters/dead-letter-queues.ts'),
  'engine/live.ts': handler,
  'functions/events.ts': at('zod', '../engine/saga/ids.ts', './ids.ts', './order/table.ts'),
  'functions/ids.ts': at('../engine/saga/ids.ts'),
  'functions/order/decide.ts': at('../events.ts', '../../engine/saga/ids.ts', 'zod', './table.ts'),
  'functions/order/table.ts': `${at('../ids.ts', 'zod')}\n${handler}`,
  'functions/order/place.ts': `${at('./decide.ts', '../../engine/batch/edges.ts', 'stray', 'tool')}
    import type { handler } from '../inventory/table.ts';`,
  'functions/inventory/table.ts': `${handler}\n${at('../identity/authorizer.ts', '../nowhere.ts', 'absent')}`,
  'functions/identity/authorizer.ts': at(
    '../../infra/ports.ts',
    '../../test/until.ts',
    '../../root.config.ts',
  ),
  'functions/privacy/tables.ts': at('../order/table.ts', '../order/place.ts'),
  'functions/insight/views.ts': at('../privacy/tables.ts', '../order/place.ts'),
  'functions/reconciliation/compare.ts': at('../ids.ts', './records.ts'),
  'functions/reconciliation/records.ts': at('../order/table.ts', '../order/place.ts', '../../engine/live.ts'),
  'examples/trip/saga.ts': at(
    'zod',
    '../../engine/saga/ids.ts',
    '../../functions/ids.ts',
    '../../infra/ports.ts',
  ),
  'examples/trip/trip.ts': at('./saga.ts', '../../engine/live.ts', '../other/saga.ts', 'tool'),
  'examples/other/saga.ts': handler,
  'infra/stack.ts': at('../functions/events.ts', '../test/until.ts', 'tool'),
  'infra/ports.ts': handler,
  'infra/cycle.ts': `import type { other } from './other.ts';\nexport const cycle = 1;`,
  'infra/other.ts': `export * from './cycle.ts';\nexport const other = 1;`,
  'infra/local/rabbitmq-event-source/package.json': '{"dependencies":{"sdk":"1"}}',
  'infra/local/rabbitmq-event-source/index.ts': at(
    'sdk',
    './log.ts',
    '../../stack.ts',
    '../../../functions/events.ts',
    'tool',
  ),
  'infra/local/rabbitmq-event-source/log.ts': handler,
  'test/until.ts': handler,
  'test/journey.ts': at('../functions/order/place.ts', '../infra/stack.ts', 'tool'),
};

const expectedComplaints = [
  'console-runs-in-a-browser: console/router.ts → fs',
  'console-runs-in-a-browser: console/router.ts → functions/ids.ts',
  'console-runs-in-a-browser: console/router.ts → infra/ports.ts',
  'saga-imports-only-zod: engine/saga/saga.ts → crypto',
  'saga-imports-only-zod: engine/saga/saga.ts → engine/environment/log.ts',
  'environment-imports-its-rooms: engine/environment/log.ts → engine/batch/commit.ts',
  'batch-imports-its-rooms: engine/batch/commit.ts → engine/environment/names.ts',
  'dynamodb-imports-its-rooms: engine/dynamodb/store.ts → engine/saga/ids.ts',
  'rabbitmq-imports-its-rooms: engine/rabbitmq/link.ts → engine/consumer/consume.ts',
  'consumer-imports-its-rooms: engine/consumer/consume.ts → engine/initiator/nudge.ts',
  'audit-imports-its-rooms: engine/audit/entry.ts → engine/http/http.ts',
  'http-imports-its-rooms: engine/http/http.ts → engine/rabbitmq/link.ts',
  'initiator-imports-its-rooms: engine/initiator/nudge.ts → engine/dead-letters/dead-letter-queues.ts',
  'dead-letters-imports-its-rooms: engine/dead-letters/dead-letter-queues.ts → engine/live.ts',
  'insight-imports-its-rooms: engine/insight/seen.ts → engine/dead-letters/dead-letter-queues.ts',
  'privacy-imports-its-rooms: engine/privacy/retain.ts → engine/http/http.ts',
  'engine-imports-no-shop: engine/batch/commit.ts → functions/order/table.ts',
  'decide-imports-only-saga: functions/order/decide.ts → functions/order/table.ts',
  'declaration-imports-only-saga: functions/events.ts → functions/order/table.ts',
  'metrics-imports-its-rooms: engine/metrics/emf.ts → engine/environment/log.ts',
  'tracing-imports-its-rooms: engine/tracing/spans.ts → engine/rabbitmq/link.ts',
  'service-imports-no-other-service: functions/order/place.ts → functions/inventory/table.ts',
  'service-imports-no-other-service: functions/inventory/table.ts → functions/identity/authorizer.ts',
  'auditor-only-reads: functions/reconciliation/records.ts → functions/order/place.ts',
  'auditor-only-reads: functions/reconciliation/records.ts → engine/live.ts',
  'forgetter-knows-only-tables: functions/privacy/tables.ts → functions/order/place.ts',
  'insight-only-reads: functions/insight/views.ts → functions/order/place.ts',
  'comparison-imports-only-facts: functions/reconciliation/compare.ts → functions/reconciliation/records.ts',
  'functions-import-only-functions: functions/identity/authorizer.ts → infra/ports.ts',
  'functions-import-only-functions: functions/identity/authorizer.ts → root.config.ts',
  'functions-import-only-functions: functions/identity/authorizer.ts → test/until.ts',
  'functions-import-no-dev-dependency: functions/order/place.ts → node_modules/tool/index.js',
  'functions-import-no-dev-dependency: examples/trip/trip.ts → node_modules/tool/index.js',
  'example-imports-only-engine: examples/trip/saga.ts → functions/ids.ts',
  'example-imports-only-engine: examples/trip/saga.ts → infra/ports.ts',
  'example-imports-only-engine: examples/trip/trip.ts → examples/other/saga.ts',
  'no-undeclared-package: functions/order/place.ts → node_modules/stray/index.js',
  'no-unresolvable-import: functions/inventory/table.ts → ../nowhere.ts',
  'no-unresolvable-import: functions/inventory/table.ts → absent',
  'infra-imports-no-test: infra/stack.ts → test/until.ts',
  'no-circular-import: infra/cycle.ts → infra/other.ts',
  'event-source-stands-alone: infra/local/rabbitmq-event-source/index.ts → infra/stack.ts',
  'event-source-stands-alone: infra/local/rabbitmq-event-source/index.ts → functions/events.ts',
  'no-undeclared-package: infra/local/rabbitmq-event-source/index.ts → node_modules/tool/index.js',
];

describe('the import rules', { timeout: CRUISE_MS }, () => {
  let folder: string;
  let known: z.infer<typeof cruise> | undefined;
  const project = () => (known ??= cruiseOver(projectDir));

  beforeAll(() => {
    folder = realpathSync(mkdtempSync(join(tmpdir(), 'imports-canary-')));
    for (const [path, text] of Object.entries(planted)) {
      mkdirSync(join(folder, dirname(path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test('complain of every planted violation, and of nothing else', () => {
    const { violations, ruleSetUsed } = cruiseOver(folder).summary;
    const complaints = violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
    expect(complaints.toSorted()).toEqual(expectedComplaints.toSorted());

    const proven = new Set(violations.map(({ rule }) => rule.name));
    expect([...proven].toSorted()).toEqual(ruleSetUsed.forbidden.map(({ name }) => name).toSorted());
  });

  test('allow each room of the engine what it imports and no more, and ARCHITECTURE.md says the same', () => {
    const roomOf = (path: string) => /^engine\/([^/]+)\//.exec(path)?.[1] ?? '';
    const imported = project().modules.flatMap(({ source, dependencies }) =>
      dependencies.map(({ resolved }) => ({ from: roomOf(source), to: roomOf(resolved) })),
    );
    const others = (room: string) => [
      ...new Set(imported.flatMap(({ from, to }) => (from === room && to !== room && to !== '' ? [to] : []))),
    ];
    const sorted = (all: Readonly<Record<string, readonly string[]>>) =>
      Object.fromEntries(Object.entries(all).map(([room, names]) => [room, names.toSorted()]));
    const rows = readFileSync(join(projectDir, 'ARCHITECTURE.md'), 'utf8').matchAll(
      /^\| `([a-z-]+)\/` \|[^|]*\| ([a-z, -]+) \|$/gm,
    );
    const { saga, ...told } = Object.fromEntries(
      [...rows].map(([, room, list = '']) => [room, list.split(', ')]),
    );

    expect(saga).toEqual(['zod only']);
    expect(others('saga')).toEqual([]);
    expect(sorted(rooms)).toEqual(
      sorted(Object.fromEntries(Object.keys(rooms).map((room) => [room, others(room)]))),
    );
    expect(sorted(told)).toEqual(sorted(rooms));
  });

  test('are asked of every source file there is', () => {
    const seen = new Set(project().modules.map(({ source }) => source));
    const onDisk = globSync(
      sourceFolders.map((name) => `${name}/**/*.{ts,tsx,mjs}`),
      { cwd: projectDir, exclude: ['**/node_modules/**'] },
    );
    expect(onDisk.length).toBeGreaterThan(100);
    expect(onDisk.filter((path) => !seen.has(path))).toEqual([]);
    // It reads all of them, which takes longer than a test may while others run.
  }, 30_000);
});
