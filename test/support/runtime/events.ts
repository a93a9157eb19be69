import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { shop } from '../../../functions/shop.ts';
import { participantPayloads } from '../../../infra/functions/payloads.ts';
import { projectDir } from '../../../infra/local/project.ts';

const Event = z.looseObject({ headers: z.record(z.string(), z.string()).optional() });
type Event = z.infer<typeof Event>;

const derived = participantPayloads(shop);

/** The event that calls by hand use, too. */
export function eventFor(name: string): Event {
  const file = join(projectDir, 'test/events', `${name}.json`);
  const text = existsSync(file) ? readFileSync(file, 'utf8') : JSON.stringify(derived.get(name)?.());
  return Event.parse(JSON.parse(text));
}

export const withHeader = (event: Event, name: string, value: string): Event => ({
  ...event,
  headers: { ...event.headers, [name]: value },
});
