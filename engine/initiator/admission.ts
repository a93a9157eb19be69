import type { SagaId } from '../saga/ids.ts';

/** Who lets new sagas in. It is asked before anything of the request is read, and never makes one wait. */
export interface Admission {
  /** @throws Problem `busy`, with the time to come again */
  admit(): void;
  /** Told of each saga that is durable. */
  began(sagaId: SagaId): void;
}

export const everybody: Admission = { admit: () => {}, began: () => {} };

/** Whom all of them let in. */
export const allOf = (...admissions: readonly Admission[]): Admission => ({
  admit: () => {
    for (const each of admissions) each.admit();
  },
  began: (sagaId) => {
    for (const each of admissions) each.began(sagaId);
  },
});
