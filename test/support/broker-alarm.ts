import { type PrivateNode, rabbitmqctl, rabbitmqctlWhileFrozen } from './broker-control.ts';

/** What a broker may be short of. It then reads no connection that publishes. https://www.rabbitmq.com/docs/alarms */
export type Shortage = 'memory' | 'disk';

/** The calm settings are those of the private node. */
const settings = {
  memory: { command: 'set_vm_memory_high_watermark', alarm: '0.0000001', calm: '0.4' },
  disk: { command: 'set_disk_free_limit', alarm: '1000000GB', calm: '50MB' },
} as const;

export async function raiseAlarm(node: PrivateNode, shortage: Shortage): Promise<void> {
  const { command, alarm } = settings[shortage];
  await rabbitmqctl(node, command, alarm);
}

export async function endAlarm(node: PrivateNode, shortage: Shortage): Promise<void> {
  const { command, calm } = settings[shortage];
  await rabbitmqctl(node, command, calm);
}

export function endAlarmWhileFrozen(node: PrivateNode, shortage: Shortage): void {
  const { command, calm } = settings[shortage];
  rabbitmqctlWhileFrozen(node, command, calm);
}
