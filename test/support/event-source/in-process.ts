import {
  type EventSource,
  startEventSource,
} from '../../../infra/local/rabbitmq-event-source/event-source.ts';
import type { LambdaEndpoint, Outcome } from '../../../infra/local/rabbitmq-event-source/invoke.ts';
import { readSettings } from '../../../infra/local/rabbitmq-event-source/settings.ts';
import type { RabbitmqEvent, RabbitmqRecord } from './probe.ts';

export type Running = {
  readonly eventSource: EventSource;
  readonly log: () => string;
};

/** Runs the event source in the test's process, with one mapping of one function. */
export function startMapping(
  brokerUrl: string,
  functionKey: string,
  event: Readonly<Record<string, unknown>> & { readonly queue: string },
  lambda: LambdaEndpoint,
): Running {
  const lines: string[] = [];
  const write = (line: string): void => {
    lines.push(line);
  };
  const settings = readSettings(
    {
      functions: {
        [functionKey]: {
          name: `event-source-project-local-${functionKey}`,
          events: [{ rabbitmq: { arn: 'arn', maximumBatchingWindow: 0, ...event } }],
        },
      },
    },
    { RABBITMQ_URL: brokerUrl },
  );
  return {
    eventSource: startEventSource(settings, lambda, { error: write, info: write, debug: write }),
    log: () => lines.join('\n'),
  };
}

export type Call = {
  /** With the virtual host, as in the event. */
  readonly queue: string | undefined;
  readonly records: readonly RabbitmqRecord[];
  readonly bodies: readonly string[];
  readonly nth: number;
};

/** A function that runs in the test's process: returns to succeed, throws to fail. */
export function functionOf(handle: (call: Call) => Promise<void> | void): LambdaEndpoint {
  let count = 0;
  return {
    close: () => undefined,
    invoke: async (_, payload): Promise<Outcome> => {
      const { rmqMessagesByQueue }: RabbitmqEvent = JSON.parse(payload.toString());
      const records = Object.values(rmqMessagesByQueue).flat();
      const bodies = records.map(({ data }) => Buffer.from(data, 'base64').toString());
      count += 1;
      try {
        const [queue] = Object.keys(rmqMessagesByQueue);
        await handle({ queue, records, bodies, nth: count - 1 });
        return { kind: 'succeeded' };
      } catch (error) {
        return { kind: 'failed', reason: String(error) };
      }
    },
  };
}
