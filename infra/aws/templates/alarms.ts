import type { Saga } from '../../../engine/saga/saga.ts';
import { auditAlarms, auditPipeAlarm } from './audit-alarms.ts';
import { deadLettersAlarm } from './dead-letters-alarm.ts';
import { eventSourceAlarm } from './event-source-alarm.ts';
import { personAlarm } from './person-alarm.ts';
import { tableAlarm } from './table-alarm.ts';
import { readTemplate, type Template } from './template.ts';

/**
 * A stage's alarms, part of the stack of its functions. Each participant has an alarm on its dead letters, one on its
 * queue's event source, one on its table, one on the export of its audit, and one for what needs a person if it may.
 */
export function alarmsTemplate(saga: Saga, stage: string): Template {
  const once = readTemplate('alarms.yml', (text) => text.replaceAll(`\${sls:stage}`, () => stage));
  const each = saga.services.flatMap((service) =>
    [deadLettersAlarm, eventSourceAlarm, personAlarm, tableAlarm, auditPipeAlarm].map((alarmOf) =>
      alarmOf(saga, service, stage),
    ),
  );
  return {
    ...once,
    Resources: Object.assign({}, once.Resources, auditAlarms(saga, stage), ...each),
  };
}
