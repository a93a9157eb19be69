import { tellAlarm } from '../../engine/metrics/metrics.ts';
import type { Provider } from './decide.ts';
import { chargesDeclined } from './metrics.ts';

/**
 * The provider, which tells an alarm of each charge whether it was declined, 1 or 0: it takes the average. A charge that is
 * unwanted by now is given up and not declined.
 */
export const tellingDeclines = (provider: Provider): Provider => ({
  ...provider,
  prepare: async (...asked) => {
    const answer = await provider.prepare(...asked);
    if ('refused' in answer) tell(1);
    return answer;
  },
  call: async (orderId, request, again, unwanted) => {
    const answer = await provider.call(orderId, request, again, unwanted);
    if (unwanted !== true && 'refused' in answer) tell(1);
    if ('done' in answer) tell(0);
    return answer;
  },
});

const tell = (declined: 0 | 1): void => tellAlarm('payment', chargesDeclined, Date.now(), declined);
