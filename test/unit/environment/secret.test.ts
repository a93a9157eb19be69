import { expect, test, vi } from 'vitest';
import { secret } from '../../../engine/environment/secret.ts';
import {
  brokerUrlOf,
  brokerUserOf,
  forgetBrokerCredentials,
} from '../../../engine/rabbitmq/broker-access.ts';

const minuteMs = 60_000;

test('a secret is fetched once a minute, however many ask for it', async () => {
  const fetch = vi.fn(async () => 'first');
  expect(await Promise.all([secret('one', 0, fetch), secret('one', 10, fetch)])).toEqual(['first', 'first']);
  expect(await secret('one', minuteMs - 1, fetch)).toBe('first');
  expect(fetch).toHaveBeenCalledTimes(1);
  fetch.mockResolvedValue('second');
  expect(await secret('one', minuteMs, fetch)).toBe('second');
});

// Fails where the promise is kept: every call of that environment fails for a minute after one lost packet.
test('a secret that could not be fetched is asked for again at once', async () => {
  const fetch = vi.fn(async () => Promise.reject(new Error('no answer')) as Promise<string>);
  await expect(secret('two', 0, fetch)).rejects.toThrow('no answer');
  fetch.mockResolvedValue('there');
  expect(await secret('two', 1, fetch)).toBe('there');
});

// Fails where nothing but time makes a secret old: whoever has the old password cannot publish for a minute.
test('credentials that the broker has refused are fetched again, and only those', async () => {
  vi.stubEnv('BROKER_SECRET', 'arn:order');
  const fetch = vi.fn(async (id: string) => `old ${id}`);
  await secret('arn:order', 0, fetch);
  await secret('arn:stripe', 0, fetch);
  forgetBrokerCredentials();
  fetch.mockImplementation(async (id) => `new ${id}`);
  expect(await secret('arn:order', 1, fetch)).toBe('new arn:order');
  expect(await secret('arn:stripe', 1, fetch)).toBe('old arn:stripe');
  vi.unstubAllEnvs();
});

test('a service has its own user where there is a password for it, and otherwise the one they all share', async () => {
  vi.stubEnv('RABBITMQ_URL', 'amqp://gu%40est:pw@127.0.0.1:5672/x');
  expect(brokerUserOf('payment')).toBe('gu@est');
  expect(await brokerUrlOf('payment')).toBe('amqp://gu%40est:pw@127.0.0.1:5672/x');
  vi.stubEnv('BROKER_PASSWORD', 'p@ss/word');
  expect(brokerUserOf('payment')).toBe('payment');
  expect(await brokerUrlOf('payment')).toBe('amqp://payment:p%40ss%2Fword@127.0.0.1:5672/x');
  vi.unstubAllEnvs();
});
