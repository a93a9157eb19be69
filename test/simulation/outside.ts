import type { EventDefinitions } from '../../engine/saga/declaration.ts';
import {
  type AnyOutside,
  type ExternalStep,
  Impasse,
  type Outside,
} from '../../engine/saga/external-step.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { samplesOf } from '../../infra/functions/sample.ts';
import type { Environment } from './environment.ts';
import type { Simulation } from './simulation.ts';
import type { Ledger, Samples } from './world/ledger.ts';

const unreachable = (): never => {
  throw new Error('the outside cannot be reached');
};
const unavailable = (): never => {
  throw new Error('the outside is not available');
};

/** The way to a ledger, which every fault of a network may come upon. */
export const ledgerOutside =
  ({ service }: ExternalStep) =>
  (simulation: Simulation, environment: Environment): AnyOutside => {
    const { checker, coverage, world } = simulation;
    const call = <T>(
      kind: 'ask' | 'undo',
      sagaId: string,
      about: object,
      effect: (ledger: Ledger) => T,
      unwanted = false,
    ): Promise<T> => {
      checker.intended(service, sagaId, kind);
      const act = () => {
        if (kind === 'ask' && world.ledgerOf(service).isSilent(sagaId, unwanted)) {
          coverage.count(`${service} silent`);
          if (environment.invocation !== undefined) environment.invocation.faults += 1;
          return unavailable();
        }
        try {
          return effect(world.ledgerOf(service));
        } catch (error) {
          // No bug but one of a participant's makes it say so.
          checker.fail('P2', `${service}: ${String(error)}`);
          throw error;
        } finally {
          checker.moved(sagaId);
        }
      };
      return simulation.call(environment.invocation, {
        kind,
        about: () => `${sagaId} with ${JSON.stringify(about)}`,
        effect: act,
        moves: sagaId,
        instead: {
          unreachable,
          unavailable,
          'answer-lost': () => {
            act();
            return unreachable();
          },
        },
      });
    };
    const outside: Outside<object, object, object, object, object, object, object, object> = {
      call: (sagaId, request, _again, unwanted = false) =>
        call(
          'ask',
          sagaId,
          request,
          (ledger) => {
            const waits = ledger.waits(sagaId, unwanted);
            return waits === undefined ? ledger.ask(sagaId, { ...request }) : { waits, action: {} };
          },
          unwanted,
        ),
      undo: (sagaId, done) =>
        call('undo', sagaId, done, (ledger) => {
          const impasse = ledger.impasse(sagaId);
          return impasse === undefined ? ledger.undo(sagaId, { ...done }) : new Impasse(impasse);
        }),
    };
    return outside;
  };

/** What the outside of a step may answer, by the schemas of what the participant then says. */
export function samplesFor(
  saga: Saga & { readonly events: EventDefinitions },
  { service, voided, resolved }: ExternalStep,
): Samples {
  const { says } = saga.partOf(service);
  const typesOf = (kind: string) => Object.keys(says).filter((type) => says[type] === kind);
  const compensations = typesOf('compensation').filter((type) => type !== resolved);
  const sampled = ([type]: readonly string[]) => {
    const schema = type === undefined ? undefined : saga.events[type]?.schema;
    if (type === undefined || schema === undefined) return [];
    return samplesOf(schema, type).map(({ [saga.owner]: _, ...members }) => members);
  };
  return {
    done: sampled(typesOf('step')),
    refused: sampled(typesOf('failure')),
    undone: sampled(compensations.filter((type) => compensations.length === 1 || type !== voided)),
    waits: sampled(typesOf('wait')),
    impasse: sampled(typesOf('impasse')),
  };
}
