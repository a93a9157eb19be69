import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { freePorts } from '../../infra/local/ports.ts';
import { findBroker } from '../../infra/local/rabbitmq/broker.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** This run's own RabbitMQ, or the one at RABBITMQ_URL. Each test uses its own queues. */
    readonly rabbitmqUrl: string;
  }
}

/**
 * One broker for all integration tests that need only a broker. `provide` passes on its address: in the environment,
 * RABBITMQ_URL would keep whole systems under test from starting their own broker.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const dataDir = mkdtempSync(join(tmpdir(), 'order-saga-broker-'));
  const discard = () => rmSync(dataDir, { recursive: true, force: true });
  try {
    const { part, url } = await findBroker({
      environment: process.env,
      dataDir,
      ports: await freePorts(),
      report: console.log,
    });
    await part.start();
    project.provide('rabbitmqUrl', url);
    return async () => {
      await part.stop();
      discard();
    };
  } catch (error) {
    discard();
    throw error;
  }
}
