import type { Timeline } from '../../api/calls.ts';
import type { Choreography } from '../choreography.ts';
import type { Act } from './contract.ts';

const saying = (says: readonly string[]): string => (says.length === 0 ? 'nothing' : says.join(', '));

/** What the schedule does with a saga that is overdue, now: past its deadline that is another thing than before. */
export const nudging = ({ orderId, status: before }: Timeline): Act => ({
  title: `Nudge ${orderId}`,
  verb: 'Nudge it',
  preview: async (ask) => {
    const { body } = await ask('POST /orders/{orderId}/nudge', { path: { orderId }, body: { dryRun: true } });
    if (body.status !== before)
      return [
        `It would say ${saying(body.says)}, and be ${body.status}: its deadline has passed.`,
        'There is no way back.',
      ];
    return [
      `It would say ${saying(body.says)} again, under the same ids, and stay ${body.status}.`,
      'Whoever has heard that already answers with its own last word, and does nothing twice.',
    ];
  },
  run: async (ask, reason) => {
    const { status, body } = await ask('POST /orders/{orderId}/nudge', {
      path: { orderId },
      body: { reason },
    });
    return status === 202
      ? ['It could not say anything now. The schedule does it later.']
      : [`It has said ${saying(body.says)}; it is ${body.status}.`];
  },
});

/** What can be cancelled: the API refuses the rest, too. */
export const isCancellable = ({ status }: Pick<Timeline, 'status'>): boolean => status === 'PENDING';

/** A cancellation. The API previews none, so the timeline and the declaration tell what it would do. */
export const cancelling = (timeline: Timeline, { initiator, undoneBy }: Choreography): Act => {
  const { orderId } = timeline;
  return {
    title: `Cancel ${orderId}`,
    verb: 'Cancel the order',
    preview: async (ask) => {
      const { body: now } = await ask('GET /orders/{orderId}/timeline', { path: { orderId } });
      if (!isCancellable(now)) return [`${orderId} is ${now.status} meanwhile: it will be refused.`];
      return [
        `${initiator} would be CANCELLING, until all of these have undone what they did:`,
        ...undoneBy.map((service) => {
          const status = now.participants.find((each) => each.service === service)?.status;
          return `• ${service}, which ${status === undefined ? 'has heard nothing yet' : `is ${status}`}`;
        }),
        'There is no way back.',
      ];
    },
    run: async (ask, reason) => {
      const { body } = await ask('POST /orders/{orderId}/cancel', { path: { orderId }, body: { reason } });
      return [`It is ${body.status}.`];
    },
  };
};
