import type { Moment } from '../endpoint.ts';
import type { Effects, Later } from '../ledger/effects.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import { capture, methodOf } from '../payments/capture.ts';
import { openDispute } from './dispute.ts';
import { settleRefund } from './refunds.ts';

/** What happens once its time has come: nothing where the object has moved on. */
export function happen(later: Later, ledger: LedgerView, moment: Moment): Effects {
  const intent = ledger.intent(later.paymentIntent);
  if (intent === undefined) return {};
  switch (later.what) {
    case 'intent_settles':
      return intent.status === 'processing' ? capture(intent, moment, null) : {};
    case 'refund_settles': {
      const refund = ledger.refund(later.refund ?? '');
      return refund === undefined ? {} : settleRefund(refund, intent, moment.at);
    }
    case 'charge_is_disputed': {
      const method = methodOf(intent);
      if (method?.charge !== 'approved_then_disputed') return {};
      const createdEpochSeconds = Math.floor(moment.at.getTime() / 1000);
      return { dispute: openDispute(intent, method, { id: moment.newId('du'), createdEpochSeconds }) };
    }
    default:
      throw new Error(`unknown: ${JSON.stringify(later.what satisfies never)}`);
  }
}
