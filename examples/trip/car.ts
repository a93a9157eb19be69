import * as z from 'zod';
import { externalParticipant } from '../../engine/batch/outside.ts';
import { required } from '../../engine/environment/environment.ts';
import { liveFunctions } from '../../engine/live-functions.ts';
import { externalStep } from '../../engine/saga/external-step.ts';
import { Name, saga, Wanted } from './saga.ts';

const rental = externalStep(saga, 'car', { asks: Wanted.pick({ car: true, people: true }) });

type Company = NonNullable<(typeof rental)['outside']>;
export const car = (company: Company) => externalParticipant(rental, company);

const [done, refused] = [z.object({ reference: Name }), z.object({ code: z.string().max(100) })];
const Answer = z.union([z.object({ done }), z.object({ refused })]);

/** A rental has the trip's id: to ask again, as long as nothing is known, rents no second car. */
async function ask(method: 'PUT' | 'DELETE', tripId: string, request: object): Promise<unknown> {
  const [body, signal] = [JSON.stringify(request), AbortSignal.timeout(5_000)];
  const reply = await fetch(`${required('CAR_COMPANY_URL')}/${tripId}`, { method, body, signal });
  if (!reply.ok) throw new Error(`the car company answered ${reply.status}`);
  return await reply.json();
}

const firm: Company = {
  call: async (tripId, request, _again, unwanted) =>
    Answer.parse(await ask('PUT', tripId, { ...request, unwanted })),
  undo: async (tripId) => z.object({}).parse(await ask('DELETE', tripId, {})),
};

export const { participate, deadLetters, countDeadLetters, getRecord, getAudit } = liveFunctions(car(firm));
