import { forgetCloudAccount } from '../local/loopback-only.ts';
import { runningSystem } from '../local/running-system.ts';
import { apiInvoke, type Invoke } from '../local/saga/invoke.ts';
import type { Connect } from './operation.ts';

/** Without a stage the system that runs from this checkout, and never an AWS account. @throws SetupError if none runs */
export const connect: Connect = (stage): Invoke => {
  if (stage !== undefined) return apiInvoke(stage, undefined);
  const { environment } = runningSystem(process.env);
  forgetCloudAccount();
  return apiInvoke(environment.STAGE ?? 'local', environment);
};
