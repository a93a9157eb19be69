import { application } from '../../application.ts';
import type { Invoke } from './invoke.ts';
import { payloadOf } from './payload.ts';
import { partOf } from './variables.ts';

/** The functions that read each service's record. The initiator's record is named after the service. */
const readers = application.services.flatMap((service) => {
  const record = service === application.initiator ? service : application.partOf(service).record;
  return record === undefined ? [] : [{ service, reader: `get-${record}` }];
});

/** A table of each service's final status for an order, with its reason or history. */
export async function finalState(orderId: string, invoke: Invoke): Promise<readonly string[]> {
  const path = { [application.id.name]: orderId };
  const rows = await Promise.all(
    readers.map(async ({ service, reader }) => {
      const request = { step: '', invoke: reader, as: 'operator', method: 'GET', path } as const;
      const payload = payloadOf({
        ...request,
        headers: {},
        body: undefined,
        payload: undefined,
        expect: undefined,
        keep: {},
      });
      const answer = await invoke(reader, payload).catch((error: unknown) => error);
      if (answer instanceof Error) return [service, '✗', answer.message.split('\n')[0] ?? ''];
      const status = partOf(answer, 'status') === 404 ? '—' : String(partOf(answer, 'body.status'));
      return [service, status, detailOf(partOf(answer, 'body'))];
    }),
  );
  return table(['service', 'status', 'reason or history'], rows);
}

function detailOf(body: unknown): string {
  const reason = partOf(body, 'reason.code');
  const history = partOf(body, 'history');
  const past = Array.isArray(history)
    ? history.map((each) => String(partOf(each, 'status'))).join(' → ')
    : '';
  return typeof reason === 'string' ? reason : past;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (row: readonly string[]) =>
    `  ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [line(head), `  ${widths.map((width) => '─'.repeat(width)).join('  ')}`, ...rows.map(line)];
}
