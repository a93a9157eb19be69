import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { projectDir } from '../../infra/local/project.ts';

/** The schema takes any text. https://github.com/compose-spec/compose-spec/blob/main/11-extension.md#specifying-durations */
const Duration = z.string().regex(/^(\d+(us|ms|s|m|h))+$/);

/** What we want of it besides the specification, which compose-specification.test.ts knows. */
const Service = z.looseObject({
  profiles: z.array(z.enum(['laptop', 'localstack'])).optional(),
  image: z.string(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  ports: z.array(z.string()).default([]),
  volumes: z.array(z.string()),
  depends_on: z.record(z.string(), z.object({ condition: z.literal('service_healthy') })).optional(),
  healthcheck: z.looseObject({
    ...{ interval: Duration, timeout: Duration, start_period: Duration.optional() },
  }),
  stop_grace_period: Duration.optional(),
});
const Compose = z.looseObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

const { services, volumes } = Compose.parse(
  parse(readFileSync(join(projectDir, 'docker-compose.yml'), 'utf8')),
);
const inProfile = (profile: string) =>
  Object.entries(services)
    .filter(([, { profiles }]) => profiles === undefined || profiles.some((own) => own === profile))
    .map(([name]) => name);

test('every image is pinned to a version, and every port is this machine’s alone', () => {
  expect(services).toHaveProperty('rabbitmq.image', expect.stringMatching(/^rabbitmq:4\.2\./));
  for (const [name, { image, ports }] of Object.entries(services)) {
    expect(withDefaults(image), name).toMatch(/^[\w/.-]+:\d+\.\d+\.\d+[\w.-]*$/);
    for (const port of ports) expect(port, name).toMatch(/^127\.0\.0\.1:\$\{[A-Z]+(_[A-Z]+)*:-\d+\}:\d+$/);
  }
});

test('another series of RabbitMQ begins with another volume', () => {
  const [, series] = /^rabbitmq:(\d+\.\d+)\./.exec(services.rabbitmq?.image ?? '') ?? [];
  expect(services.rabbitmq?.volumes).toEqual([`rabbitmq-${series}:/var/lib/rabbitmq`]);
});

test('what is mounted is a volume that is declared, or is there to be read only', () => {
  const socket = '/var/run/docker.sock:/var/run/docker.sock';
  for (const [name, service] of Object.entries(services)) {
    for (const volume of service.volumes) {
      const [source = ''] = withDefaults(volume).split(':');
      const isKnown = source in volumes || volume === socket || volume.endsWith(':ro');
      expect(isKnown, `${name}: ${volume}`).toBe(true);
    }
  }
});

test('each profile brings what it is for', () => {
  expect(inProfile('')).toEqual(['rabbitmq']);
  expect(inProfile('laptop')).toEqual(['rabbitmq', 'dynamodb']);
  expect(inProfile('localstack')).toEqual(['rabbitmq', 'localstack', 'event-source', 'payments', 'issuer']);
  expect(withDefaults(services.localstack?.image ?? '')).toBe('localstack/localstack:4.14.0');
});

test('what a container runs, and what it waits for, exists', () => {
  for (const [name, { command = [], depends_on: awaited = {}, profiles }] of Object.entries(services)) {
    const files =
      [command]
        .flat()
        .join(' ')
        .match(/\b(?:infra|node_modules)\/\S+/g) ?? [];
    for (const file of files) expect(existsSync(join(projectDir, file)), `${name}: ${file}`).toBe(true);
    for (const other of Object.keys(awaited)) expect(inProfile(profiles?.[0] ?? '')).toContain(other);
  }
});

const withDefaults = (text: string): string => text.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
