import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import * as z from 'zod';
import { projectDir } from '../../infra/local/project.ts';

/** As much of https://github.com/compose-spec/compose-spec as is used; anything else is a slip of the pen. */
const Service = z.strictObject({
  image: z.string(),
  hostname: z.string().optional(),
  user: z.string().optional(),
  working_dir: z.string().optional(),
  command: z.string().optional(),
  environment: z.record(z.string(), z.string()).optional(),
  ports: z.array(z.string()),
  volumes: z.array(z.string()),
  healthcheck: z.strictObject({
    test: z.array(z.string()).min(2),
    ...{ interval: z.string(), timeout: z.string(), retries: z.int(), start_period: z.string().optional() },
  }),
  stop_grace_period: z.string().optional(),
});
const Compose = z.strictObject({
  services: z.record(z.string(), Service),
  volumes: z.record(z.string(), z.null()),
});

test('the Compose file is one, and pins every image to a version', () => {
  const { services, volumes } = Compose.parse(
    parse(readFileSync(join(projectDir, 'docker-compose.yml'), 'utf8')),
  );
  expect(services).toHaveProperty('rabbitmq.image', expect.stringMatching(/^rabbitmq:4\.2\./));
  for (const [name, service] of Object.entries(services)) {
    expect(service.image, name).toMatch(/^[\w/.-]+:\d+\.\d+\.\d+[\w.-]*$/);
    for (const port of service.ports) expect(port, name).toMatch(/^127\.0\.0\.1:/);
    for (const volume of service.volumes) expect(Object.keys(volumes)).toContain(volume.split(':')[0]);
  }
});
