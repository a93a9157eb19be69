import * as z from 'zod';
import { auditWrite } from '../audit/entry.ts';
import type { Edges } from '../batch/edges.ts';
import { fromItem } from '../batch/record.ts';
import { run } from '../batch/run.ts';
import type { Item } from '../batch/store.ts';
import { log } from '../environment/log.ts';
import { actorOf } from '../http/actor.ts';
import { endpoint } from '../http/endpoint.ts';
import { FreeText } from '../http/free-text.ts';
import { type HttpFunction, json, traceparentOf } from '../http/http.ts';
import { role } from '../http/identity.ts';
import { jsonBody } from '../http/json-body.ts';
import { pathParameter } from '../http/path-parameter.ts';
import { Problem } from '../http/problem.ts';
import { SUPPORT } from '../http/role.ts';
import type { Decision } from '../saga/decision.ts';
import type { Begun } from '../saga/initiator.ts';
import type { SagaRecord } from '../saga/table.ts';
import type { Initiating, InitiatorStatus } from './initiating.ts';
import { claimOf } from './nudge.ts';

const Request = z
  .strictObject({ dryRun: z.boolean().default(false), reason: FreeText.optional() })
  .refine(({ dryRun, reason }) => dryRun || reason !== undefined, {
    path: ['reason'],
    message: 'is required, unless it is a dry run',
  });

/** The saga may move on, or the schedule come to it, at the same moment. */
const TRIES = 3;

/**
 * POST …/nudge `{reason, dryRun}`, by staff: what the schedule does with a saga that is overdue, now. It publishes its last
 * events again; past its deadline it cancels itself. The claim and the entry in the audit are one transaction. Answers 200
 * with what was said (or would be), 202 if nothing can be said now and the schedule does it later, 409 if the saga has ended.
 */
export function nudging<State extends InitiatorStatus, Placed extends Begun>(
  participant: Initiating<State, Placed>,
  edges: Edges,
  deadlineMs: () => number,
): HttpFunction {
  const { saga, table, present } = participant;
  const { id, initiator } = saga;
  const checks = [role(saga, SUPPORT), pathParameter(id.name, id.schema), jsonBody(Request)] as const;

  const itemOf = async (key: string): Promise<Item> => {
    const item = (await edges.store.read([key])).get(key);
    if (item === undefined) throw new Problem('not-found', `There is no ${initiator} with this id.`);
    return item;
  };

  return endpoint(saga, checks, async ({ caller, parameter: sagaId, body }, event) => {
    for (let tries = 1; tries <= TRIES; tries += 1) {
      const item = await itemOf(table.key(sagaId));
      const record = fromItem(table, item);
      const nowMs = edges.now();
      const input = { type: 'nudge', nowMs, deadlineMs: deadlineMs() } as const;
      const decision = participant.decide(record.state, input, () => undefined, nowMs);
      if (decision.kind === 'ignore')
        throw new Problem('conflict', `This ${initiator} waits for nothing: ${decision.reason}.`);
      const prospect = prospectOf(record, decision);
      if (body.dryRun) return json(200, { dryRun: true, ...present(record), ...prospect });
      const { write, due, nextDue } = claimOf(record, item, nowMs);
      const entry = auditWrite(
        actorOf(caller, event),
        {
          ...{ act: 'nudge', about: [sagaId], reason: body.reason },
          before: { status: record.state.status, dueEpochSeconds: due },
          after: { status: prospect.status, dueEpochSeconds: nextDue },
        },
        nowMs,
        ...[sagaId, String(record.version), String(due), String(nowMs)],
      );
      if (!(await edges.store.write([write, entry])).ok) continue;
      const [outcome] = await run(participant, [{ sagaId, input, askedIn: traceparentOf(event) }], edges);
      const now = present(outcome?.record ?? record);
      // It may have ended since it was claimed.
      if (outcome?.kind === 'ignored') return json(200, { dryRun: false, says: [], ...now });
      if (outcome?.kind !== 'failed') return json(200, { dryRun: false, ...prospect, ...now });
      // The claim stands, so the schedule comes to it soon.
      log('warn', 'nudged but not announced yet', { [id.name]: sagaId, error: outcome.error.message });
      return json(202, { dryRun: false, says: [], ...now });
    }
    throw new Problem('conflict', `This ${initiator} is moving on at this moment.`);
  });
}

/** What a nudge says, and the status after it. */
function prospectOf<State extends InitiatorStatus>(
  { state, outbox }: SagaRecord<State>,
  decision: Decision<State>,
): { readonly says: readonly string[]; readonly status: string } {
  if (decision.kind === 'accept')
    return { says: (decision.says ?? []).map(({ type }) => type), status: decision.state.status };
  return { says: outbox.map((text) => String(JSON.parse(text).type)), status: state.status };
}
