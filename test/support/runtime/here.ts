import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inject } from 'vitest';
import { shop } from '../../../functions/shop.ts';
import { participantPayloads } from '../../../infra/functions/payloads.ts';
import { projectDir } from '../../../infra/local/project.ts';
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

const derived = participantPayloads(shop);

/** The event that calls by hand use, too. */
export function eventFor(name: string): object {
  const file = join(projectDir, 'test/events', `${name}.json`);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : JSON.stringify(derived.get(name)?.());
  return JSON.parse(text) as object;
}
