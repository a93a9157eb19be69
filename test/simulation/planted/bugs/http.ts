import type { Outcome } from '../../../../engine/batch/run.ts';
import type { HttpEvent, json } from '../../../../engine/http/http.ts';
import type { Caller, caller, role } from '../../../../engine/http/identity.ts';
import type { Problem } from '../../../../engine/http/problem.ts';
import type { accepted, recordOf } from '../../../../engine/initiator/initiating.ts';
import type { SagaId } from '../../../../engine/saga/ids.ts';
import type { Saga } from '../../../../engine/saga/saga.ts';
import type { SagaRecord } from '../../../../engine/saga/table.ts';
import { bugsIn } from '../planter/bug.ts';

interface State {
  readonly status: string;
}
type RoleCheck = typeof role;
type CallerCheck = typeof caller;
type Accepted = typeof accepted;
type RecordOf = typeof recordOf;
type Json = typeof json;
type ProblemClass = typeof Problem;
type AsProblem = (error: unknown, requestId: string | undefined) => Problem;
type Outcomes = readonly Outcome<State>[];
type KeyOf = (event: HttpEvent) => string;
type SagaIdFor = (saga: Saga, caller: string, key: string) => SagaId;

/** What callers are answered. */
export const httpBugs = [
  ...bugsIn('engine/initiator/initiating.ts', [
    {
      name: 'another customer’s order shown',
      in: 'recordOf',
      plant:
        (original: RecordOf): RecordOf =>
        (participant, edges, sagaId, caller) =>
          original(participant, edges, sagaId, { ...caller, role: 'operator' }),
    },
    {
      name: 'every order listed as pending',
      in: 'initiating.present',
      plant:
        (original: (record: SagaRecord<State>) => object) =>
        (record: SagaRecord<State>): object => ({ ...original(record), status: 'PENDING' }),
    },
    {
      name: 'an order accepted that could not be stored',
      in: 'accepted',
      plant:
        (original: Accepted, { json }: { readonly json: Json }): Accepted =>
        (participant, outcome, event) =>
          outcome?.record === undefined
            ? json(202, { orderId: 'ord_000000000000000000000000', status: 'PENDING' })
            : original(participant, outcome, event),
    },
  ]),
  ...bugsIn('engine/initiator/cancel.ts', [
    {
      name: 'somebody else’s order cancelled',
      in: 'cancelling',
      at: { argument: 3, of: 'recordOf' },
      plant: (caller: Caller) => ({ ...caller, role: 'operator' }),
    },
    {
      name: 'a refused cancel confirmed',
      in: 'cancelling',
      at: { call: 'run' },
      plant: async (original: () => Promise<Outcomes>) =>
        (await original()).map((outcome) =>
          outcome.kind === 'refused' ? { ...outcome, kind: 'ignored' } : outcome,
        ),
    },
  ]),
  ...bugsIn('engine/initiator/place.ts', [
    {
      name: 'the wall clock asked',
      in: 'placing',
      at: { member: 'createdAtMs' },
      plant: () => Date.now(),
    },
    {
      name: 'another body of the same key taken for the same order',
      in: 'placing',
      at: { call: 'run' },
      plant: async (original: () => Promise<Outcome<State>>) => {
        const outcome = await original();
        return outcome.kind === 'refused' ? { ...outcome, kind: 'ignored' } : outcome;
      },
    },
    {
      name: 'the fingerprint leaves out how it is paid',
      in: 'placing',
      at: { argument: 0, of: 'fingerprintOf' },
      plant: (body: { readonly items: unknown }) => body.items,
    },
  ]),
  ...bugsIn('engine/initiator/read.ts', [
    {
      name: 'orders listed oldest first',
      in: 'listing',
      at: { member: 'newestFirst' },
      plant: () => false,
    },
  ]),
  ...bugsIn('engine/http/record-reader.ts', [
    {
      name: 'another customer’s payment shown',
      in: 'recordReader',
      at: { call: 'mayRead' },
      plant: () => true,
    },
  ]),
  ...bugsIn('engine/http/identity.ts', [
    {
      name: 'customers do what operators do',
      in: 'role',
      plant:
        (original: RoleCheck, { caller }: { readonly caller: CallerCheck }): RoleCheck =>
        (saga, ...needed) =>
          needed.includes(saga.ownerRole) ? original(saga, ...needed) : caller(saga),
    },
  ]),
  ...bugsIn('engine/http/idempotency-key.ts', [
    {
      name: 'idempotency key without regard to case',
      in: 'idempotencyKeyOf',
      plant:
        (original: KeyOf): KeyOf =>
        (event) =>
          original(event).toLowerCase(),
    },
    {
      name: 'idempotency key not the customer’s own',
      in: 'sagaIdFor',
      plant:
        (original: SagaIdFor): SagaIdFor =>
        (saga, _, key) =>
          original(saga, 'anybody', key),
    },
  ]),
  ...bugsIn('engine/http/problem.ts', [
    {
      name: 'a fault answered as the caller’s',
      in: 'asProblem',
      plant:
        (original: AsProblem, { Problem }: { readonly Problem: ProblemClass }): AsProblem =>
        (...about) => {
          const problem = original(...about);
          return problem.type === 'unavailable' ? new Problem('conflict', problem.message) : problem;
        },
    },
  ]),
];
