import { freeze } from '../../processes/freeze.ts';
import type { Part } from '../../processes/part.ts';
import type { Supervised } from '../../processes/supervised.ts';
import type { Fault } from './breakages.ts';
import { Refusal } from './refusal.ts';

/** Sets how the payment provider behaves. */
export type SetProvider = (ways: object) => Promise<void>;

const START_TRIES = 3;
const asFound = { latencyMs: 0, outage: 'none', ratePerSecond: 0 } as const;

/** Every way in which the playground breaks the system, by its name. */
export function faultsOf({ parts }: Supervised, setProvider: SetProvider): Readonly<Record<string, Fault>> {
  const provider = (about: string, ways: object): Fault => ({
    ...{ about, target: 'provider', maxSeconds: 60 },
    strike: async () => {
      await setProvider({ ...asFound, ...ways });
      // The sandbox keeps its settings in memory, and ends with the system.
      return { heal: () => setProvider(asFound), release: () => {} };
    },
  });
  return {
    'functions-killed': down(parts.api, 'kill', 'The functions are killed', 'functions', 30),
    'broker-stopped': down(parts.rabbitmq, 'stop', 'The broker is stopped', 'broker', 60),
    'database-frozen': {
      ...{ about: 'The database is frozen', target: 'database', maxSeconds: 30 },
      strike: async () => {
        refuseUnlessOurs(parts.dynamodb);
        const thaw = freeze(parts.dynamodb);
        return { heal: async () => thaw(), release: thaw };
      },
    },
    'provider-down': provider('The provider is down', { outage: 'refuse' }),
    'provider-silent': provider('The provider does not answer', { outage: 'hang' }),
    'provider-slow': provider('The provider takes 3 s', { latencyMs: 3_000 }),
    'provider-refusing': provider('The provider refuses all but one call a second', { ratePerSecond: 1 }),
  };
}

const down = (
  part: Part,
  how: 'kill' | 'stop',
  about: string,
  target: string,
  maxSeconds: number,
): Fault => ({
  ...{ about, target, maxSeconds },
  strike: async () => {
    refuseUnlessOurs(part);
    await part[how]();
    // One that is starting is interrupted. One that is down stays down.
    return { heal: () => startAgain(part), release: () => part.stop() };
  },
});

/** A broker or a database that is given by its address is somebody's, and one in Docker has no process here. */
function refuseUnlessOurs({ title, pid }: Part): void {
  if (pid === undefined)
    throw new Refusal(409, 'Conflict', `${title} does not run as a process of npm start, or not now.`);
}

async function startAgain(part: Part): Promise<void> {
  for (let tries = 1; part.pid === undefined; tries += 1) {
    try {
      await part.start();
    } catch (error) {
      if (tries === START_TRIES) throw error;
    }
  }
}
