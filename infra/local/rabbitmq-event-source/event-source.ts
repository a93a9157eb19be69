import type { LambdaEndpoint } from './invoke.ts';
import type { Log } from './log.ts';
import type { Settings } from './settings.ts';
import { Subscription } from './subscription.ts';

export type EventSource = {
  /** Resolves when the running invocations have ended and all connections are closed. */
  readonly stop: () => Promise<void>;
};

export function startEventSource(
  { brokerUrl, mappings }: Settings,
  lambda: LambdaEndpoint,
  log: Log,
): EventSource {
  const subscriptions = mappings.flatMap((mapping) => {
    if (mapping.enabled) return [new Subscription(mapping, brokerUrl, lambda.invoke, log)];
    log.info(`${mapping.queue}::${mapping.virtualHost} → ${mapping.functionName}: not enabled`);
    return [];
  });
  return {
    stop: async () => {
      await Promise.all(subscriptions.map((subscription) => subscription.stop()));
      lambda.close();
    },
  };
}
