import type { TestProject } from 'vitest/node';
import { type Deployed, deploy } from './deployed.ts';
import { type Local, localIn } from './local.ts';

declare module 'vitest' {
  interface ProvidedContext {
    readonly deployed: readonly Deployed[];
    readonly local: Local;
  }
}

/** Packages for prod, once for all of these tests. */
export async function setup(project: TestProject): Promise<() => void> {
  project.provide('local', localIn(process.env));
  const packaged = await deploy();
  project.provide('deployed', packaged.functions);
  return () => packaged.discard();
}
