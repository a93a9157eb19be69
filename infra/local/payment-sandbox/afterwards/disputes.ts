import type { Call, Outcome } from '../endpoint.ts';
import { type Answer, errorAnswer, invalidRequest, objectAnswer } from '../http/answers.ts';
import { refuseUnknown, requiredText } from '../http/form.ts';
import { readPage } from '../http/page.ts';
import type { LedgerView } from '../ledger/ledger.ts';
import { orderOf } from '../payments/payment-intent.ts';
import { type Dispute, isOpen, renderDispute } from './dispute.ts';

/** GET /v1/disputes?payment_intent=…: https://docs.stripe.com/api/disputes/list, newest first. */
export function listDisputes(call: Call, ledger: LedgerView): Answer {
  const page = readPage(call.form, ['payment_intent']);
  const all = ledger.disputesOf(requiredText(call.form, 'payment_intent')).toReversed();
  return objectAnswer({ ...page.of(all, 'dispute', renderDispute), url: '/v1/disputes' });
}

/** POST /v1/disputes/:id/close: https://docs.stripe.com/api/disputes/close. The dispute is lost. */
export function closeDispute(call: Call, ledger: LedgerView): Outcome {
  refuseUnknown(call.form, new Set());
  return close(call, ledger, () => 'lost');
}

/** POST /v1/disputes/:id with the evidence that decides it: https://docs.stripe.com/testing#disputes */
export function answerDispute(call: Call, ledger: LedgerView): Outcome {
  refuseUnknown(call.form, new Set(['evidence']));
  const evidence = requiredText(call.form, 'evidence[uncategorized_text]');
  if (evidence !== 'winning_evidence' && evidence !== 'losing_evidence') {
    throw invalidRequest('The payment sandbox knows winning_evidence and losing_evidence.', {
      param: 'evidence[uncategorized_text]',
    });
  }
  return close(call, ledger, ({ kind }) => {
    if (kind === 'inquiry') return 'warning_closed';
    return evidence === 'winning_evidence' ? 'won' : 'lost';
  });
}

function close(call: Call, ledger: LedgerView, statusOf: (dispute: Dispute) => Dispute['status']): Outcome {
  const dispute = ledger.dispute(call.id);
  if (dispute === undefined) {
    throw invalidRequest(`No such dispute: '${call.id}'`, {
      code: 'resource_missing',
      param: 'dispute',
      status: 404,
    });
  }
  const intent = ledger.intent(dispute.paymentIntent);
  const shared = { kind: 'executed', order: intent === undefined ? null : orderOf(intent) } as const;
  if (!isOpen(dispute)) {
    const message = `This dispute is already closed: it is ${dispute.status}.`;
    return { ...shared, answer: errorAnswer(400, { type: 'invalid_request_error', message }) };
  }
  const closed: Dispute = { ...dispute, status: statusOf(dispute) };
  return { ...shared, answer: objectAnswer(renderDispute(closed)), dispute: closed };
}
