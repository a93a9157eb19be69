import * as z from 'zod';
import type { Saga } from '../saga/saga.ts';

/** What everybody who may read a saga sees of it, beside its id and the members of its own. */
const SagaMembers = z.object({
  status: z.enum(['PENDING', 'CONFIRMED', 'CANCELLING', 'CANCELLED']),
  reason: z.looseObject({ code: z.string() }).optional().describe('Why it is cancelled.'),
  waitingFor: z
    .string()
    .optional()
    .describe('It cannot go on before somebody acts: its owner or a `person`.'),
  createdAt: z.iso.datetime().optional(),
  updatedAt: z.iso.datetime().optional(),
});
type SagaMembers = z.infer<typeof SagaMembers>;

/** The compiler does not know the states of every initiator's saga by their names. */
export type PresentedSaga = Omit<SagaMembers, 'status' | 'reason'> & {
  readonly status: string;
  readonly reason?: object;
};

/** A saga as `present` shows it. Of one that is forgotten, what is personal is missing, and its times are. */
export const sagaView = ({ id }: Saga, own: z.ZodObject): z.ZodObject =>
  z.object({ [id.name]: id.schema, ...SagaMembers.shape, ...own.shape });
