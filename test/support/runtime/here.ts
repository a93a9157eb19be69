import { inject } from 'vitest';
import type { Deployed } from './deployed.ts';
import { LambdaEnvironment } from './environment.ts';

export const deployed = inject('deployed');
export const local = inject('local');

export function functionNamed(name: string): Deployed {
  const found = deployed.find((each) => each.name === name);
  if (found === undefined) throw new Error(`there is no function ${name}`);
  return found;
}

/** An environment of a function as it is deployed, where the local system's parts stand for those of AWS. */
export const start = (of: Deployed): Promise<LambdaEnvironment> =>
  LambdaEnvironment.start(of, { ...of.variables, ...local.environment });
