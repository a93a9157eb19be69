import type { TestProject } from 'vitest/node';
import { type Deployed, deploy } from './deployed.ts';
import { type Local, localIn } from './local.ts';
import { seed } from './seed.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly deployed: readonly Deployed[];
    readonly local: Local;
  }
}

/** Packages for prod, and makes an order, once for all of these tests. */
export async function setup(project: TestProject): Promise<() => void> {
  const local = localIn(process.env);
  await seed(local);
  project.provide('local', local);
  const packaged = await deploy();
  project.provide('deployed', packaged.functions);
  return () => packaged.discard();
}
