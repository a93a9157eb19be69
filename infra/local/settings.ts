import { limitsIn } from '../../engine/initiator/limits.ts';
import { waitLimit } from '../../engine/initiator/wait-limit.ts';
import { waitPermitsSetting } from '../../engine/initiator/wait-permits.ts';
import { waitingLimit } from '../../engine/initiator/waiting-limit.ts';
import { scopeIn } from '../../engine/metrics/metrics.ts';
import { parseQueueShards } from '../../engine/saga/queue-shards.ts';
import { DEFAULT_RETRY_DELAYS, parseRetryDelays } from '../../engine/saga/routes.ts';
import { lowSetting } from '../../functions/inventory/availability.ts';
import { stockLimitsIn } from '../../functions/inventory/limits.ts';
import { limitsFrom } from '../../functions/payment/pace/settings.ts';
import { application } from '../application.ts';
import { SetupError } from './processes/setup-error.ts';

const levels = ['debug', 'info', 'warn', 'error'];

/** Refuses settings that would make the functions fail later, unnoticed. @throws SetupError */
export function checkSettings(environment: NodeJS.ProcessEnv): void {
  const { SAGA_DEADLINE_SECONDS: deadline, LOG_LEVEL: level, RETRY_DELAYS: delays } = environment;
  if (deadline && !/^[1-9]\d{0,8}$/.test(deadline)) {
    throw new SetupError(
      `SAGA_DEADLINE_SECONDS is ${JSON.stringify(deadline)}, which is not a number of seconds.`,
    );
  }
  if (level && !levels.includes(level)) {
    throw new SetupError(`LOG_LEVEL is ${JSON.stringify(level)}. The levels are: ${levels.join(', ')}.`);
  }
  refuseUnusable('QUEUE_SHARDS', () => parseQueueShards(application, environment.QUEUE_SHARDS));
  refuseUnusable('The rate limits', () => limitsFrom(environment, '', 1));
  refuseUnusable('The number that may wait', () => waitingLimit(application, environment));
  refuseUnusable('The longest wait', () => waitLimit(environment.MAX_EXPECTED_WAIT_SECONDS ?? ''));
  refuseUnusable('The number of permits', () => waitPermitsSetting(environment.WAIT_PERMITS ?? ''));
  refuseUnusable('The limits of an owner', () => limitsIn(environment));
  refuseUnusable('What one order may take', () => stockLimitsIn(environment));
  refuseUnusable('LOW_STOCK', () => lowSetting(environment.LOW_STOCK ?? ''));
  refuseUnusable('METRICS', () => scopeIn(environment.METRICS));
  refuseUnusable('RETRY_DELAYS', () => parseRetryDelays(delays || DEFAULT_RETRY_DELAYS));
}

function refuseUnusable(name: string, read: () => unknown): void {
  try {
    read();
  } catch (error) {
    throw new SetupError(
      `${name} cannot be used: ${error instanceof Error ? error.message : String(error)}.`,
    );
  }
}
