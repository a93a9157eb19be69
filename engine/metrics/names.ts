import { AGES } from '../saga/age.ts';
import { pascalCase } from '../saga/names.ts';
import type { Metric } from './emf.ts';

/**
 * The metrics of a stage. Each has one dimension, the service; an outcome, an answer or an age is a part of the name, since
 * a document has one value for each dimension and a batch has many outcomes.
 */

/** The service of what belongs to none. */
export const API = 'api';

/** From when an event was said until the batch that acted on it was settled, once for each event and service. */
export const stepLatency: Metric = { name: 'StepLatency', unit: 'Milliseconds' };
/** Messages that had been tried before, or whose batch had not been settled. */
export const redeliveries: Metric = { name: 'Redeliveries', unit: 'Count' };
/** Messages that became dead letters. */
export const newDeadLetters: Metric = { name: 'NewDeadLetters', unit: 'Count' };
/** Dead letters that lie there, as they are counted every minute. */
export const deadLetters: Metric = { name: 'DeadLetters', unit: 'Count' };
/** Said each time somebody looks, while there is a dead letter that is too old. */
export const deadLettersTooOld: Metric = { name: 'DeadLettersTooOld', unit: 'Count' };
/** Said whenever the schedule asks, while there is something that only a person can settle. */
export const needsPerson: Metric = { name: 'NeedsPerson', unit: 'Count' };
/** Of the API: tokens that could not be checked, as the keys of the issuer could not be fetched. */
export const tokensNotChecked: Metric = { name: 'TokensNotChecked', unit: 'Count' };
/** Sagas that the schedule had say again what they last said, or for which it could not. */
export const nudges: Metric = { name: 'Nudges', unit: 'Count' };
export const failedNudges: Metric = { name: 'FailedNudges', unit: 'Count' };
/** The ages of the oldest sagas that are overdue: of any, and of one that is being cancelled. */
export const oldestOverdue: Metric = { name: 'OldestOverdue', unit: 'Seconds' };
export const oldestCancelling: Metric = { name: 'OldestCancelling', unit: 'Seconds' };

/** Open sagas by age: at least so old, and younger than the next. Counted up to a page of each shard of the index. */
export const openSince: readonly Metric[] = AGES.map((age) => ({ name: `OpenFrom${age}`, unit: 'Count' }));

/** From when a saga was placed until it ended, by its last status. */
export const durationOf = (status: string): Metric => ({
  name: `SagaDuration${pascalCase(status.toLowerCase())}`,
  unit: 'Milliseconds',
});

/** How long a call to the outside took, by the call and the type of its answer, or whether it `failed` or was `deferred`. */
export const outside = (call: string, answer: string): Metric => ({
  name: `Outside${pascalCase(call)}${pascalCase(answer)}`,
  unit: 'Milliseconds',
});
