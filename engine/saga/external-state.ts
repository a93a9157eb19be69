import * as z from 'zod';
import type { AnyFact } from './declaration.ts';
import type { Heard } from './heard.ts';
import { CallerId, UnicodeText } from './ids.ts';
import { personal } from './personal-data.ts';

/** A service's names for the machine's states and the outside's answers, used in its records and history. */
export interface Names {
  readonly waiting: string;
  readonly asking: string;
  readonly awaiting: string;
  readonly abandoning: string;
  readonly done: string;
  readonly refused: string;
  readonly undoing: string;
  readonly undone: string;
  readonly resolved: string;
  readonly void: string;
  readonly answers: {
    readonly prepared: string;
    readonly done: string;
    readonly refused: string;
    readonly pending: string;
    readonly waits: string;
    readonly revoked: string;
    readonly undone: string;
    readonly impasse: string;
    readonly observed: string;
    readonly recalled: string;
  };
}

export const defaultNames: Names = {
  waiting: 'WAITING',
  asking: 'ASKING',
  awaiting: 'AWAITING',
  abandoning: 'ABANDONING',
  done: 'DONE',
  refused: 'REFUSED',
  undoing: 'UNDOING',
  undone: 'UNDONE',
  resolved: 'RESOLVED',
  void: 'VOID',
  answers: {
    prepared: 'call.prepared',
    done: 'call.done',
    refused: 'call.refused',
    pending: 'call.pending',
    waits: 'call.waits',
    revoked: 'call.revoked',
    undone: 'undo.done',
    impasse: 'undo.refused',
    observed: 'step.observed',
    recalled: 'step.recalled',
  },
};

export type Members = Readonly<Record<string, unknown>>;

/** A record's state. Its other members depend on the status: the request, or the answers. */
export type ExternalState = { readonly status: string } & Members;

export interface Answer {
  readonly type: string;
  /** What the outside has said: of a step that was done and cannot be kept, what was done. */
  readonly answer: Members;
  /** Somebody has to act: what only the saga's owner is told. */
  readonly action?: Members;
  /** Why what was done cannot be kept. */
  readonly refusal?: Members;
  /** The events that a prepared call is made because of. */
  readonly heard?: Heard;
  /** Somebody has asked to look again at what was undone. */
  readonly isLook?: true;
  /** The event because of which the outside was asked what it holds. */
  readonly fact?: AnyFact;
}

/** The inputs of a step besides the facts of its saga and the outside's answers. */
export type ExternalCommand =
  /**
   * Somebody says that the outside has news: of the call itself, or of what others have done about it since. Only the
   * outside itself tells which.
   */
  | { readonly type: 'look'; readonly at: 'call' | 'aftermath' }
  /** A person has done what the outside refuses to undo. */
  | { readonly type: 'resolve'; readonly resolution: Resolution };

/**
 * How a person has settled what the outside would not undo. `by`: the operator. `proof`: where to see that it is done, for
 * instance the number of a bank transfer.
 */
export const Resolution = z
  .object({ by: CallerId, reason: UnicodeText.min(1).max(500), proof: UnicodeText.min(1).max(500) })
  .meta(personal);
export type Resolution = Readonly<z.infer<typeof Resolution>>;

/**
 * A call to the outside that follows the write of an intent. `again`: it may have been made before.
 * prepare: comes before the intent, as what it brings is written with it.
 * ask: `request` has the members that `asks` names, and what was prepared. undo: `done` has the members of request and answer in the record.
 * observe: asks what others have done about it since.
 * recall: asks what it holds of a saga, as the record may be older than that. `done`: what the record says that it has done.
 * `unwanted`: the answer is going to be undone, so an outside that has not answered yet may withdraw the request.
 */
export type Call =
  | { readonly call: 'prepare'; readonly request: Members; readonly heard: Heard }
  | { readonly call: 'ask'; readonly request: Members; readonly again: boolean; readonly unwanted?: true }
  | { readonly call: 'undo'; readonly done: Members; readonly again: boolean; readonly isLook?: true }
  | { readonly call: 'observe'; readonly done: Members }
  | { readonly call: 'recall'; readonly fact: AnyFact; readonly unwanted: boolean; readonly done?: Members };

/** How a service uses the machine. */
export interface ExternalUse {
  readonly service: string;
  /** The members of its events that go into the request. The record holds them until the outside has answered. */
  readonly asks: z.ZodObject;
  /** What is prepared before the intent is written, and goes into the request, too. */
  readonly prepares?: z.ZodObject | undefined;
  /** The members of the request that the record keeps for good and its events carry. */
  readonly keeps: readonly string[];
  /** The compensation for "nothing was done", if it differs from the one for "it is undone". */
  readonly voided: string | undefined;
  /** The compensation for "a person has settled it". */
  readonly resolved: string | undefined;
  /** What the record tells its owner, and nobody else, while it waits. */
  readonly action: z.ZodObject | undefined;
  /** What others have done about it afterwards. */
  readonly observes: z.ZodObject | undefined;
  readonly names: Names;
}
