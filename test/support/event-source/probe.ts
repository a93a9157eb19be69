import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

export type RabbitmqRecord = {
  readonly basicProperties: Readonly<Record<string, unknown>>;
  readonly redelivered: boolean;
  readonly data: string;
};

export type RabbitmqEvent = {
  readonly eventSource: string;
  readonly eventSourceArn: string;
  readonly rmqMessagesByQueue: Readonly<Record<string, readonly RabbitmqRecord[]>>;
};

/** One invocation, as the function reported it. */
export class Invocation {
  readonly event: RabbitmqEvent;
  readonly startedAtMs = performance.now();
  endedAtMs = Number.POSITIVE_INFINITY;

  constructor(event: RabbitmqEvent) {
    this.event = event;
  }

  get records(): readonly RabbitmqRecord[] {
    return Object.values(this.event.rmqMessagesByQueue).flat();
  }

  get bodies(): readonly string[] {
    return this.records.map(({ data }) => Buffer.from(data, 'base64').toString());
  }
}

/** A function's behaviour: returns to succeed, throws to fail, takes its time. */
export type Behaviour = (invocation: Invocation, nth: number) => Promise<void> | void;

export type Probe = {
  readonly url: string;
  readonly invocations: (functionKey: string) => readonly Invocation[];
  readonly behave: (functionKey: string, behaviour: Behaviour) => void;
  readonly close: () => Promise<void>;
};

/** The fixture's functions report to the probe and behave as the test says. */
export async function openProbe(): Promise<Probe> {
  const invocations = new Map<string, Invocation[]>();
  const behaviours = new Map<string, Behaviour>();
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { functionName, event } = await bodyOf(request);
    const key = functionName.replace('event-source-project-local-', '');
    const invocation = new Invocation(event);
    const earlier = invocations.get(key) ?? [];
    invocations.set(key, [...earlier, invocation]);
    try {
      await behaviours.get(key)?.(invocation, earlier.length);
    } catch (error) {
      response.statusCode = 500;
      response.write(error instanceof Error ? error.message : String(error));
    }
    invocation.endedAtMs = performance.now();
    response.end();
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => response.destroy(new Error(String(error))));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the probe has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    invocations: (functionKey) => invocations.get(functionKey) ?? [],
    behave: (functionKey, behaviour) => void behaviours.set(functionKey, behaviour),
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<{ functionName: string; event: RabbitmqEvent }> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part);
  return JSON.parse(Buffer.concat(parts).toString());
}
