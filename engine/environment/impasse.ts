import type { Saga } from '../saga/saga.ts';
import type { SagaRecord } from '../saga/table.ts';
import { log } from './log.ts';

/** Says that a person has to settle what the outside refuses to undo, if a record says so. An alarm counts these lines. */
export function tellOfImpasse(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  { sagaId, state }: SagaRecord<object>,
): void {
  if ('impasse' in state)
    log('error', 'a person is needed', { service, [saga.id.name]: sagaId, impasse: state.impasse });
}
