import type { Offer, Played } from '../../../../console/playground/wire.ts';
import { stage } from '../../environment.ts';
import { bankAt } from '../../saga/bank.ts';
import type { SetProvider } from './faults.ts';
import { Refusal } from './refusal.ts';

const MAX_LINES = 200;

export interface PlayerOf {
  readonly environment: Readonly<Record<string, string>>;
  readonly provider: string;
  readonly setProvider: SetProvider;
  readonly killFunctions: () => Promise<void>;
}

/** Plays the scenarios of `scenarios/`, one at a time. What that needs is loaded when somebody wants it. */
export class ScenarioPlayer {
  readonly #of: PlayerOf;
  #offers: readonly Offer[] | undefined;
  #played: Played | undefined;

  constructor(of: PlayerOf) {
    this.#of = of;
  }

  get played(): Played | undefined {
    return this.#played;
  }

  async offers(): Promise<readonly Offer[]> {
    const { readScenario, scenarioNames } = await import('../../saga/scenario.ts');
    this.#offers ??= scenarioNames().map((name) => ({ name, about: readScenario(name).about }));
    return this.#offers;
  }

  /** Begins to play. @throws Refusal if there is no such scenario, or one is being played */
  async play(name: string): Promise<void> {
    const isKnown = (await this.offers()).some((offer) => offer.name === name);
    if (!isKnown) throw new Refusal(404, 'Not Found', `There is no scenario ${name}.`);
    if (this.#played?.is === 'playing')
      throw new Refusal(409, 'Conflict', `${this.#played.name} is being played.`);
    const lines: string[] = [];
    const is = (how: Played['is']) => {
      this.#played = { name, is: how, lines };
    };
    is('playing');
    const say = (line: string) => {
      if (lines.length < MAX_LINES) lines.push(line);
    };
    this.#toItsEnd(name, say).then(
      (failure) => {
        if (failure !== undefined) say(`✗ ${failure}`);
        is(failure === undefined ? 'as expected' : 'not as expected');
      },
      (error: unknown) => {
        say(`✗ ${error instanceof Error ? error.message : String(error)}`);
        is('not as expected');
      },
    );
  }

  /** The reason if it ends otherwise than expected. */
  async #toItsEnd(name: string, report: (line: string) => void): Promise<string | undefined> {
    const [{ readScenario }, { play }, { overhear }, { apiInvoke }] = await Promise.all([
      import('../../saga/scenario.ts'),
      import('../../saga/play.ts'),
      import('../../saga/overhear.ts'),
      import('../../saga/invoke.ts'),
    ]);
    const { environment, provider, setProvider, killFunctions } = this.#of;
    const invoke = apiInvoke(environment.STAGE ?? stage, environment);
    const listener = await overhear(environment.RABBITMQ_URL ?? '');
    try {
      const { failure } = await play(readScenario(name), {
        ...{ invoke, watch: invoke, listener, killFunctions, setProvider, report },
        answerChallenge: bankAt(provider),
      });
      return failure;
    } finally {
      await listener.end().catch(() => {});
    }
  }
}
