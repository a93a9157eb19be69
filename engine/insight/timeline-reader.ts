import { StoreUnavailableError } from '../batch/store.ts';
import { endpoint } from '../http/endpoint.ts';
import { type HttpFunction, json } from '../http/http.ts';
import { mayRead, role } from '../http/identity.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { Problem } from '../http/problem.ts';
import { READERS } from '../http/role.ts';
import type { Saga } from '../saga/saga.ts';
import { see, unanswered, type Views } from './seen.ts';
import { timelineOf } from './timeline.ts';

/**
 * GET …/{id}/timeline: what has happened to a saga at all participants, and what it waits for. Its owner sees no more than in
 * the records; staff also see what failed. Answers 404 if there is none or the saga is another owner's.
 */
export function timelineReader(
  saga: Saga,
  views: Views,
  { now, deadlineMs }: { readonly now: () => number; readonly deadlineMs: () => number },
): HttpFunction {
  const { id, ownerRole, initiator } = saga;
  const checks = [role(saga, ownerRole, ...READERS), pathParameter(id.name, id.schema)] as const;
  return endpoint(saga, checks, async ({ caller, parameter: sagaId }) => {
    const isStaff = caller.role !== ownerRole;
    const seen = (await see(views, [sagaId]).catch(orSaying(views, isStaff))).get(sagaId);
    if (seen === undefined || !mayRead(saga, caller, seen.record.state))
      throw new Problem('not-found', `There is no ${initiator} with this id.`);
    // It would not say that something is missing: an owner might not hear that it has to act.
    if (!isStaff && seen.parts.some(({ unknown }) => unknown !== undefined))
      throw new StoreUnavailableError('a participant cannot be read');
    return json(200, timelineOf(saga, seen, { isStaff, deadlineMs: deadlineMs(), nowMs: now() }));
  });
}

/** Without the initiator's record nobody knows whose the saga is. Staff hear at least why. */
const orSaying =
  ({ initiator }: Views, isStaff: boolean) =>
  (error: unknown): never => {
    if (!isStaff || !(error instanceof StoreUnavailableError)) throw error;
    throw new Problem('unavailable', `Nothing is known without ${initiator.service}: ${unanswered(error)}.`);
  };
