import { defineConfig } from 'vitest/config';
import { partFiles, suiteFiles } from './test/given/files.ts';

/** Tests of a whole system, whose parts are real. */
const wholeSystem = {
  globalSetup: 'test/support/broker-setup.ts',
  testTimeout: 60_000,
  hookTimeout: 180_000,
  // Two systems at once on two cores time each other out.
  fileParallelism: false,
};

/** They put another module in the place of one, so they share none. */
const mockingFiles = ['test/unit/**/*.mocked.test.ts'];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.ts'],
          exclude: [...mockingFiles],
          testTimeout: 30_000,
          // The files share what they import, which takes a third of the time. None may leave anything behind.
          isolate: false,
        },
      },
      { test: { name: 'unit-mocked', include: [...mockingFiles] } },
      {
        test: {
          name: 'crash-points',
          include: ['test/simulation/crash-points/*.test.ts'],
          testTimeout: 1_200_000,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/*.test.ts', 'test/simulation/{drill,byzantine}/*.test.ts'],
          // Two of its tests keep every core busy by themselves.
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
      { test: { ...wholeSystem, name: 'overload', include: ['test/overload/*.test.ts'] } },
      { test: { name: 'seeds', include: ['test/seeds/*.test.ts'] } },
      { test: { name: 'planted', include: ['test/simulation/planted/**/*.test.ts'] } },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: 'test/support/broker-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'aws',
          include: ['test/aws/**/*.test.ts'],
          globalSetup: 'test/support/aws/package-setup.ts',
          // Packaging writes to one folder of the project.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      // One system for all of it, which its one file starts.
      { test: { ...wholeSystem, globalSetup: [], name: 'attack', include: ['test/attack/*.test.ts'] } },
      { test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'] } },
      { test: { ...wholeSystem, name: 'integration', include: [...suiteFiles] } },
      // One system and one browser for all of it.
      {
        test: {
          ...wholeSystem,
          globalSetup: [],
          name: 'console',
          include: ['test/console/*.test.ts'],
          // A page shows what has happened when it asks again.
          expect: { poll: { timeout: 20_000 } },
        },
      },
      {
        test: {
          ...wholeSystem,
          name: 'own-system',
          include: ['test/integration/**/*.test.ts'],
          exclude: [...suiteFiles, ...partFiles],
        },
      },
      {
        test: {
          ...wholeSystem,
          name: 'parts',
          include: [...partFiles],
          fileParallelism: true,
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'runtime',
          include: ['test/runtime/*.test.ts'],
          // One system and one packaging for all of it.
          globalSetup: 'test/support/runtime/setup.ts',
          testTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'first-minute',
          include: ['test/first-minute/**/*.test.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'scaffold',
          include: ['test/scaffold/**/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 60_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'examples',
          include: ['test/examples/*/*.test.ts'],
          // Some keep every core busy by themselves, one runs a whole system.
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 180_000,
        },
      },
      {
        test: {
          name: 'examples-depth',
          include: ['test/examples/*/depth/*.test.ts'],
          fileParallelism: false,
        },
      },
      { test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], fileParallelism: false } },
    ],
  },
});
