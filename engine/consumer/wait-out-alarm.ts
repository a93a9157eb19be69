import { setTimeout as delay } from 'node:timers/promises';
import type { Publisher } from '../batch/edges.ts';
import { BrokerBlockedError } from '../batch/publish-error.ts';

/** The publisher refuses at once while the broker blocks it, so asking again costs nothing. */
const ASK_AGAIN_MS = 500;
/** An invocation ends so long before its time: if it were killed, its connection would stay until the alarm ends. */
const FAREWELL_MS = 2_000;

/**
 * Waits while the broker takes no messages, for as long as the invocation has time. Each failure has the whole batch
 * delivered again, so a long alarm costs few deliveries and a short one none. The event source mapping itself goes on
 * delivering: the broker blocks only who publishes.
 *
 * @param leftMs the time until the function is killed
 */
export const waitingOutAlarms = (publisher: Publisher, leftMs: () => number): Publisher => ({
  publish: async (message) => {
    for (;;) {
      try {
        return await publisher.publish(message);
      } catch (error) {
        if (!(error instanceof BrokerBlockedError) || leftMs() < FAREWELL_MS + ASK_AGAIN_MS) throw error;
      }
      await delay(ASK_AGAIN_MS);
    }
  },
});
