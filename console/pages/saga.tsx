import { useSignal } from '@preact/signals';
import type { Timeline } from '../../api/calls.ts';
import { stands, troubleText } from '../../infra/op/text/standing.ts';
import { ActDialog } from '../acts/act.tsx';
import type { Act } from '../acts/contract.ts';
import type { Service } from '../acts/on-dead-letters.ts';
import { cancelling, isCancellable, nudging } from '../acts/on-saga.ts';
import { OFTEN_MS, SELDOM_MS, usePoll } from '../asking/poll.ts';
import { nowMs } from '../clock.ts';
import { Copy } from '../copy.tsx';
import { choreography } from '../declared.ts';
import { diagramOf } from '../diagram/diagram.ts';
import { mermaidOf } from '../diagram/mermaid.ts';
import { Picture } from '../diagram/picture.tsx';
import { markOf } from '../lists/marks.ts';
import { Answered, MarkText, Moment, nudgeText, Status } from '../shown.tsx';
import { ChangeTable, type Entry } from './changes.tsx';
import { DifferenceToIdeal } from './difference.tsx';
import { Records } from './records.tsx';

const ENDED = new Set(['CONFIRMED', 'CANCELLED']);

/** One saga: where it is and why, what can be done, and all that happened. */
export function SagaPage({ sagaId }: { readonly sagaId: string }) {
  const view = usePoll(`timeline of ${sagaId}`, OFTEN_MS, async (ask) => {
    return (await ask('GET /orders/{orderId}/timeline', { path: { orderId: sagaId } })).body;
  });
  const audit = usePoll(`audit of ${sagaId}`, SELDOM_MS, async (ask) => {
    const service = choreography.initiator as Service;
    const { items } = (await ask(`GET /audit/${service}`, { query: { about: sagaId } })).body;
    return items.map((each): Entry => ({ ...each, service }));
  });
  const act = useSignal<Act | undefined>(undefined);
  return (
    <main>
      <p>
        <a href="/">← What is stuck</a>
      </p>
      <h1 tabIndex={-1}>{sagaId}</h1>
      <Answered view={view.value} what="This saga">
        {(timeline) => (
          <>
            <Summary timeline={timeline} />
            <p class="buttons">
              <button
                type="button"
                disabled={ENDED.has(timeline.status)}
                onClick={() => {
                  act.value = nudging(timeline);
                }}
              >
                Nudge…
              </button>
              <button
                type="button"
                disabled={!isCancellable(timeline)}
                onClick={() => {
                  act.value = cancelling(timeline, choreography);
                }}
              >
                Cancel…
              </button>
            </p>
            <Participants timeline={timeline} />
            <Run timeline={timeline} acts={audit.value.data ?? []} />
            <Records timeline={timeline} />
          </>
        )}
      </Answered>
      <section aria-labelledby="audit">
        <h2 id="audit">What people did to it today</h2>
        <Answered view={audit.value} what="The audit">
          {(entries) =>
            entries.length === 0 ? <p class="calm">Nothing.</p> : <ChangeTable entries={entries} />
          }
        </Answered>
      </section>
      {act.value !== undefined && (
        <ActDialog
          act={act.value}
          onClose={() => {
            act.value = undefined;
          }}
        />
      )}
    </main>
  );
}

/** `payment: StripeConnectionError (2 attempts); payment has to say payment.captured; next nudge in 8 s` */
function waitsText({ waitingFor, waitsOn = [], nextNudge, participants }: Timeline, now: number): string {
  return [
    ...(waitingFor === undefined ? [] : [`waits for the ${waitingFor}`]),
    ...participants.flatMap((each) =>
      each.lastError === undefined ? [] : [`${each.service}: ${troubleText(each, now)}`],
    ),
    ...waitsOn.map(stands),
    ...(nextNudge === undefined ? [] : [`next nudge ${nudgeText(nextNudge, now)}`]),
  ].join('; ');
}

function Summary({ timeline }: { readonly timeline: Timeline }) {
  const { status, reason, createdAt, updatedAt, deadline } = timeline;
  const mark = markOf(timeline, nowMs.value);
  return (
    <dl class={`summary ${mark ?? ''}`}>
      <div>
        <dt>status</dt>
        <dd>
          <Status status={status} /> {reason?.code} <MarkText mark={mark} />
        </dd>
      </div>
      {!ENDED.has(status) && (
        <div class="wide">
          <dt>waits</dt>
          <dd>{waitsText(timeline, nowMs.value) || 'for nothing that is known'}</dd>
        </div>
      )}
      <div>
        <dt>placed</dt>
        <dd>
          <Moment at={createdAt} />
        </dd>
      </div>
      <div>
        <dt>changed</dt>
        <dd>
          <Moment at={updatedAt} />
        </dd>
      </div>
      {deadline !== undefined && (
        <div>
          <dt>deadline</dt>
          <dd>
            <Moment at={deadline} />
          </dd>
        </div>
      )}
    </dl>
  );
}

const Participants = ({ timeline: { participants } }: { readonly timeline: Timeline }) => (
  <section aria-labelledby="participants">
    <h2 id="participants">Where each service is</h2>
    <table class="list">
      <caption class="hidden">Where each service is</caption>
      <thead>
        <tr>
          <th scope="col">service</th>
          <th scope="col">status</th>
          <th scope="col">since</th>
          <th scope="col">what holds it up</th>
        </tr>
      </thead>
      <tbody>
        {participants.map((each) => (
          <tr key={each.service} class={each.lastError === undefined ? undefined : 'failed'}>
            <th scope="row">{each.service}</th>
            <td>{each.status === undefined ? 'has heard nothing' : <Status status={each.status} />}</td>
            <td>
              <Moment at={each.since} />
            </td>
            <td class="why">
              {each.waitingFor !== undefined && `waits for the ${each.waitingFor} `}
              {typeof each.reason === 'string' && each.reason}
              {each.lastError !== undefined && `✕ ${troubleText(each, nowMs.value)} `}
              {each.isDeadLetter === true && <a href={`/dead-letters/${each.service}`}>its dead letters</a>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
);

function Run({ timeline, acts }: { readonly timeline: Timeline; readonly acts: readonly Entry[] }) {
  const diagram = diagramOf(timeline, acts, choreography);
  return (
    <>
      {diagram.steps.length > 0 && (
        <DifferenceToIdeal diagram={diagram} hasEnded={ENDED.has(timeline.status)} />
      )}
      <section aria-labelledby="run">
        <h2 id="run">What happened</h2>
        <p class="buttons">
          <Copy label="Copy as Mermaid" text={() => mermaidOf(diagram)} />
          <Copy label="Copy as JSON" text={() => JSON.stringify(timeline, undefined, 2)} />
          <Copy label="Copy the link" text={() => location.href} />
        </p>
        <Picture
          diagram={diagram}
          title={`What happened to ${timeline.orderId}; the table below says the same`}
        />
        <table class="list">
          <caption class="hidden">What happened, in its sequence</caption>
          <thead>
            <tr>
              <th scope="col">time (UTC)</th>
              <th scope="col">from</th>
              <th scope="col">what</th>
              <th scope="col">at</th>
              <th scope="col">what came of it</th>
            </tr>
          </thead>
          <tbody>
            {diagram.steps.map(({ at, from, to, label, status, kind, why }, index) => (
              <tr key={index} class={kind}>
                <td>
                  {at === undefined ? (
                    'not yet'
                  ) : (
                    <time dateTime={at}>{at.slice(0, 23).replace('T', ' ')}</time>
                  )}
                </td>
                <td>{from}</td>
                <td>{label}</td>
                <td>{to}</td>
                <td class="why">
                  {kind === 'moved' && status !== undefined && <Status status={status} />}
                  {why}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
    </>
  );
}
