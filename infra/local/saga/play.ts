import { setTimeout as delay } from 'node:timers/promises';
import { application } from '../../application.ts';
import type { Invoke } from './invoke.ts';
import type { Listener } from './overhear.ts';
import { payloadOf } from './payload.ts';
import type { Call, Challenge, Scenario, Step } from './scenario.ts';
import { differences, filledIn, partOf, type Variables } from './variables.ts';

export type Stage = {
  /** As a person would type it: a process for every step. */
  readonly invoke: Invoke;
  /** For a step that waits and asks again and again; a process each time would be slow. */
  readonly watch: Invoke;
  readonly listener: Listener;
  readonly setProvider: (ways: object) => Promise<void>;
  /** Resolves with the status of the page that the bank answers with. */
  readonly answerChallenge: (answer: Challenge['challenge']) => Promise<number>;
  /** Resolves when another process has replaced the killed one. */
  readonly killFunctions: () => Promise<void>;
  readonly report: (line: string) => void;
};

export type Ending = {
  /** The reason of a failure; undefined if everything was as expected. */
  readonly failure: string | undefined;
  readonly variables: Variables;
};

const PAUSE_MS = 100;
/** The provider’s settings before a scenario and after it. */
const asFound = { latencyMs: 0, outage: 'none', webhooksLostPercent: 0 } as const;
/** Events may come after the answer to the call that caused them. */
const AFTERMATH_MS = 500;

/** Plays a scenario to its end or to the first unexpected answer. */
export async function play({ about, name, steps }: Scenario, stage: Stage): Promise<Ending> {
  const { report, setProvider } = stage;
  report(`${name}: ${about}`);
  let variables: Variables = { run: Date.now().toString(36) };
  try {
    for (const [index, step] of steps.entries()) {
      report(`  ${index + 1}. ${step.step}`);
      variables = await take(step, variables, stage);
      if (index === steps.length - 1) await delay(AFTERMATH_MS);
      const said = stage.listener.take(ordersIn(variables));
      if (said.length > 0) report(`     ← ${said.join(', ')}`);
    }
    return { failure: undefined, variables };
  } catch (error) {
    return { failure: error instanceof Error ? error.message : String(error), variables };
  } finally {
    if (steps.some((step) => 'provider' in step)) await setProvider(asFound);
  }
}

const ordersIn = (variables: Variables): ReadonlySet<unknown> => new Set(Object.values(variables));

async function take(step: Step, variables: Variables, stage: Stage): Promise<Variables> {
  if ('provider' in step) {
    await stage.setProvider(step.provider);
    return variables;
  }
  if ('kill' in step) {
    await stage.killFunctions();
    return variables;
  }
  if ('challenge' in step) {
    const { challenge, expect } = filledIn(step, variables);
    const status = await stage.answerChallenge(challenge);
    stage.report(`     the bank’s page → ${status}`);
    if (status !== expect)
      throw new Error(`${step.step}: the page is answered ${status} instead of ${expect}`);
    return variables;
  }
  const call = filledIn(aboutKept(step, variables), variables);
  const answer = await answerTo(call, stage);
  return { ...variables, ...kept(call, answer) };
}

/** A step without a path is about the saga whose id was kept, if there is one. */
function aboutKept(step: Call, variables: Variables): Call {
  const { name } = application.id;
  return Object.hasOwn(variables, name) ? { ...step, path: { [name]: `$${name}`, ...step.path } } : step;
}

async function answerTo(call: Call, { invoke, watch, report }: Stage): Promise<unknown> {
  const deadline = performance.now() + 1_000 * (call.until ?? 0);
  const payload = payloadOf(call);
  for (let attempt = 1; ; attempt += 1) {
    const answer = await (call.until === undefined ? invoke : watch)(call.invoke, payload);
    const wrong = call.expect === undefined ? [] : differences(call.expect, answer);
    if (wrong.length === 0) {
      const how = call.until === undefined ? '' : ` (Lambda's API, asked ${attempt}×)`;
      report(`     ${call.invoke} → ${summary(answer)}${how}`);
      return answer;
    }
    if (performance.now() > deadline) throw new Error(`${call.step}: ${wrong.join('; ')}`);
    await delay(PAUSE_MS);
  }
}

function kept({ step, keep }: Call, answer: unknown): Variables {
  return Object.fromEntries(
    Object.entries(keep).map(([name, path]) => {
      const value = partOf(answer, path);
      if (value === undefined) throw new Error(`${step}: the answer has no ${path}`);
      return [name, value];
    }),
  );
}

/** An answer in one line: its HTTP status and the status in its body. */
function summary(answer: unknown): string {
  const status = partOf(answer, 'status');
  const state = partOf(answer, 'body.status');
  const text = JSON.stringify(answer) ?? 'nothing';
  if (status === undefined) return text.length > 90 ? `${text.slice(0, 89)}…` : text;
  return typeof state === 'string' ? `${JSON.stringify(status)} ${state}` : JSON.stringify(status);
}
