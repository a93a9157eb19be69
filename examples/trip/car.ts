import * as z from 'zod';
import { externalParticipant } from '../../engine/batch/outside.ts';
import { required } from '../../engine/environment/environment.ts';
import { liveFunctions } from '../../engine/live-functions.ts';
import { externalStep } from '../../engine/saga/external-step.ts';
import { Name, saga, Wanted } from './saga.ts';

const rental = externalStep(saga, 'car', { asks: Wanted.pick({ car: true, people: true }) });

/** Whom cars are rented from. A rental has the trip's id, so that to ask again rents no second car. */
type Company = NonNullable<(typeof rental)['outside']>;
export const car = (company: Company) => externalParticipant(rental, company);

const Done = z.object({ done: z.object({ plate: Name }) });
const Refused = z.object({ refused: z.object({ code: z.string().max(100) }) });

/** It takes its time, and does not always answer: then nothing is known, and it is asked again later. */
async function ask(method: 'PUT' | 'DELETE', tripId: string, request: object): Promise<unknown> {
  const [body, signal] = [JSON.stringify(request), AbortSignal.timeout(5_000)];
  const reply = await fetch(`${required('CAR_COMPANY_URL')}/${tripId}`, { method, body, signal });
  if (!reply.ok) throw new Error(`the car company answered ${reply.status}`);
  return await reply.json();
}

const company: Company = {
  call: async (tripId, request, _again, unwanted) =>
    z.union([Done, Refused]).parse(await ask('PUT', tripId, { ...request, unwanted })),
  undo: async (tripId) => z.object({}).parse(await ask('DELETE', tripId, {})),
};

export const { participate, deadLetters, countDeadLetters, getRecord } = liveFunctions(car(company));
