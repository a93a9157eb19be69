import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'] } },
      {
        test: {
          name: 'crash-points',
          include: ['test/simulation/crash-points/*.test.ts'],
          testTimeout: 600_000,
        },
      },
      {
        test: {
          name: 'simulation',
          include: ['test/simulation/*.test.ts'],
          // Two of its tests keep every core busy by themselves.
          fileParallelism: false,
          testTimeout: 60_000,
        },
      },
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
      { test: { name: 'fuzz', include: ['test/fuzz/**/*.test.ts'] } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: 'test/support/broker-setup.ts',
          testTimeout: 60_000,
          hookTimeout: 180_000,
          // Each file may run a whole system of its own; two at once on two cores time each other out.
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
      { test: { name: 'chaos', include: ['test/chaos/**/*.test.ts'], fileParallelism: false } },
    ],
  },
});
