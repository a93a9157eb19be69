import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { consumerOf } from '../../infra/functions/participant-functions.ts';
import { participantPayloads } from '../../infra/functions/payloads.ts';
import { projectDir } from '../../infra/local/project.ts';
import { readConfiguration } from '../../infra/local/wiring/configuration.ts';

/** Goal: whoever calls a function by hand has an event for it, also for one of a participant that was just added. */
const fileOf = (name: string): string => join(projectDir, 'test/events', `${name}.json`);
const derived = participantPayloads(shop);

test('every function has an event: a file, or one that follows from the declaration', () => {
  const { functions } = readConfiguration(shop, 'local');
  const without = Object.keys(functions).filter((name) => !existsSync(fileOf(name)) && !derived.has(name));
  expect(without).toEqual([]);
});

test.each([...derived].filter(([name]) => existsSync(fileOf(name))))(
  'the file for %s says what follows from the declaration, but for a queue’s messages',
  (name, payload) => {
    const file: unknown = JSON.parse(readFileSync(fileOf(name), 'utf8'));
    if (!shop.services.map(consumerOf).includes(name)) return expect(file).toEqual(payload());
    const queue = `${name}::/`;
    expect(file).toEqual({ ...Object(payload()), rmqMessagesByQueue: { [queue]: [expect.anything()] } });
  },
);
