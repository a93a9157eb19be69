import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { finalState } from '../../infra/local/saga/final-state.ts';
import { type Listener, overhear } from '../../infra/local/saga/overhear.ts';
import { play, type Stage } from '../../infra/local/saga/play.ts';
import { readScenario, scenarioNames } from '../../infra/local/saga/scenario.ts';
import { audit } from '../support/saga/audit.ts';
import { isDeadly, stageIn } from '../support/saga/scenario-stage.ts';
import { startWorld, type World } from '../support/saga/world.ts';

/** Goal: every scenario plays as it is written, by `sls invoke`. Those that kill are played in scripted-sagas.test.ts. */
let world: World;
let listener: Listener;
let stage: Stage;
let lines: string[];
const told = new Map<string, { readonly lines: readonly string[]; readonly orderId: string }>();

const scenarios = scenarioNames()
  .map(readScenario)
  .filter((scenario) => !isDeadly(scenario));

beforeAll(async () => {
  world = await startWorld();
  listener = await overhear(world.system.urls.rabbitmq);
  const killFunctions = () => Promise.reject(new Error('a scenario that kills'));
  stage = { ...stageIn(world, listener), killFunctions, report: (line) => lines.push(line) };
});
beforeEach(() => {
  lines = [];
});
afterAll(async () => {
  await listener?.end();
  await world?.end();
});

describe('a scenario', () => {
  test.each(scenarios)('$name ends as it says', { timeout: 120_000 }, async (scenario) => {
    const { failure, variables } = await play(scenario, stage);
    expect(failure).toBeUndefined();
    told.set(scenario.name, { lines, orderId: String(variables.orderId) });
  });

  test('breaks no promise', async () => {
    const { violations, statuses } = await audit(world);
    expect(violations).toEqual([]);
    expect(statuses).toEqual({ CONFIRMED: 5, CANCELLED: 6 });
  });

  test('tells the events that followed each step, and what became of the order', async () => {
    const happy = told.get('happy');
    expect(happy?.lines).toContain('  2. Alice orders 2');
    const said = happy?.lines
      .filter((line) => line.includes('←'))
      .flatMap((line) => line.trim().slice(2).split(', '));
    // What is said twice comes after itself: a webhook may come while payment is still saying what it has done.
    const once = said?.filter((event, index) => event !== said[index - 1]);
    expect(once).toEqual(['order.placed', 'stock.reserved', 'payment.captured', 'order.confirmed']);
    expect((await finalState(happy?.orderId ?? '', stage.watch)).join('\n')).toMatch(
      /order +CONFIRMED[\s\S]*inventory +RESERVED[\s\S]*payment +CAPTURED +CHARGING → CAPTURED/,
    );
  });

  test('that expects what does not happen fails at that step, with both', async () => {
    const scenario = readScenario('sold-out');
    const steps = scenario.steps.map((step) =>
      'invoke' in step && step.step.startsWith('It ends')
        ? { ...step, until: 0.1, expect: { status: 418 } }
        : step,
    );
    const { failure } = await play({ ...scenario, steps }, stage);
    expect(failure).toBe('It ends CANCELLED: answer.status is 200 instead of 418');
  });
});
