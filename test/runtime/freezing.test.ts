import { setTimeout as pause } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { LambdaEnvironment } from '../support/runtime/environment.ts';
import { eventFor, withHeader } from '../support/runtime/events.ts';
import { functionNamed, local, start } from '../support/runtime/here.ts';
import { offline } from '../support/runtime/offline.ts';
import { openConnections } from '../support/runtime/sockets.ts';

/**
 * Goal: a function lives with what Lambda does to environments: it freezes them between invocations, ends them, and kills
 * one whose time is over. Method: the same is done to the process of AWS's runtime client.
 */
const FROZEN_MS = 45_000;

/** Patience for what takes milliseconds, on a machine that does other things as well. */
const SOON_MS = 5_000;

async function using<T>(name: string, use: (environment: LambdaEnvironment) => Promise<T>): Promise<T> {
  const environment = await start(functionNamed(name));
  try {
    return await use(environment);
  } finally {
    await environment.kill();
  }
}

const place = (key: string) => withHeader(eventFor('place-order'), 'Idempotency-Key', key);
const accepted = { answer: { statusCode: 202 } };

test('place-order answers after it was frozen for so long that the broker has closed its connection', async () => {
  await using('place-order', async (environment) => {
    expect(await environment.invoke(place('before'))).toMatchObject(accepted);
    const brokerPort = Number(new URL(local.environment.RABBITMQ_URL ?? '').port);
    const connections = () => openConnections(environment.pid, brokerPort);
    expect(connections()).toBe(1);
    environment.freeze();
    await pause(FROZEN_MS);
    expect(connections()).toBe(0);
    environment.thaw();
    const begin = performance.now();
    expect(await environment.invoke(place('after'))).toMatchObject(accepted);
    expect(performance.now() - begin).toBeLessThan(SOON_MS);
    console.log(
      `frozen for ${FROZEN_MS / 1_000} s, then answered in ${Math.round(performance.now() - begin)} ms`,
    );
    // The event was published over a new connection.
    expect(environment.output).not.toContain('accepted but not announced yet');
    expect(connections()).toBe(1);
  });
}, 120_000);

test.each(['place-order', 'payment', 'get-order', 'authorizer'])(
  '%s ends soon when it is told to, with an open connection or without',
  async (name) => {
    await using(name, async (environment) => {
      await environment.invoke(eventFor(name));
      expect(await environment.shutDown()).toBeLessThan(SOON_MS);
    });
  },
);

test('one that is out of time is killed, its caller is told so, and the next one works', async () => {
  await offline(local, 'place-order', place('slow'));
  await using('place-order', async (environment) => {
    environment.freeze();
    const answer = await environment.invoke(place('slow'), 1_000);
    expect(answer).toEqual({
      error: { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 1.00 seconds' },
    });
    expect(environment.hasEnded).toBe(true);
  });
  await using('place-order', async (environment) => {
    expect(await environment.invoke(place('slow'))).toMatchObject(accepted);
  });
});
