import type { TestProject } from 'vitest/node';
import { packageFor, type Template } from './package.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly productionTemplate: Template;
  }
}

/** None of these values may reach a deployment. */
const shellOfALaptop = {
  BROKER_PASSWORD: 'leaked',
  RABBITMQ_URL: 'amqp://local:leaked@127.0.0.1:3030',
  STRIPE_SECRET_KEY: 'sk_leaked',
  STRIPE_API_BASE: 'http://leaked.test',
  NUDGE_SCHEDULE: 'false',
};

/** Packages for prod, once for all the tests that read the template. */
export async function setup(project: TestProject): Promise<void> {
  const packaged = await packageFor('prod', shellOfALaptop);
  project.provide('productionTemplate', packaged.template);
  packaged.discard();
}
