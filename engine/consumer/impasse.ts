import { log } from '../environment/log.ts';
import { tellAlarm } from '../metrics/metrics.ts';
import { needsPerson } from '../metrics/names.ts';
import type { Saga } from '../saga/saga.ts';
import type { SagaRecord } from '../saga/table.ts';

/** Says that a person has to settle what the outside refuses to undo, if a record says so: to the log, and to an alarm. */
export function tellOfImpasse(
  { saga, service }: { readonly saga: Saga; readonly service: string },
  { sagaId, state }: SagaRecord<object>,
  nowMs: number,
): void {
  if (!('impasse' in state)) return;
  log('error', 'a person is needed', { service, [saga.id.name]: sagaId, impasse: state.impasse });
  tellAlarm(service, needsPerson, nowMs);
}
