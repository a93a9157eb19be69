// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const paymentBugs: readonly Bug[] = [
  {
    name: 'tombstone of a void ignored',
    file: 'functions/payment/decide.ts',
    find: '    case undefined: {\n      const { customerId, amountMinor, currency, paymentMethod } = data;',
    replace:
      "    case 'VOIDED':\n    case undefined: {\n      const { customerId, amountMinor, currency, paymentMethod } = data;",
  },
  {
    name: 'captured money voided instead of refunded',
    file: 'functions/payment/decide.ts',
    find: "    case 'CAPTURED':\n      return refund(payment, payment.paymentIntentId);",
    replace: "    case 'CAPTURED':\n      return voided(payment.customerId);",
  },
  {
    name: 'a void forgets the charge that is under way',
    file: 'functions/payment/decide.ts',
    find: "    case 'CHARGING': {\n      const state = { ...payment, status: 'VOIDING' } as const;",
    replace:
      "    case 'CHARGING': {\n      if (customerId !== undefined) return voided(customerId);\n      const state = { ...payment, status: 'VOIDING' } as const;",
  },
  {
    name: 'a charge of which no answer is known not asked for again',
    file: 'functions/payment/decide.ts',
    find: "    case 'CHARGING':\n      return { kind: 'resume', effect: chargeCall(payment, true) };",
    replace: "    case 'CHARGING':\n      return repeat;",
  },
  {
    name: 'a timeout treated as a decline',
    file: 'functions/payment/provider.ts',
    find: '      throw unknownAnswer(error);\n    }\n  };',
    replace:
      "      if (call.call === 'charge') return { type: 'charge.declined', decline: declined('timeout', 'timeout') };\n      throw unknownAnswer(error);\n    }\n  };",
  },
  {
    name: 'each charge under a key of its own',
    file: 'functions/payment/provider.ts',
    find: '{ idempotencyKey: orderId }',
    replace: '{ idempotencyKey: `${orderId}:${Math.random()}` }',
  },
  {
    name: 'an earlier charge not looked for',
    file: 'functions/payment/provider.ts',
    find: 'call.again ? await findCharge(stripe, orderId) : undefined',
    replace: 'undefined',
  },
  {
    name: 'a refund the bank refused taken for done',
    file: 'functions/payment/provider.ts',
    find: "status === 'succeeded' || status === 'pending';",
    replace: "status === 'succeeded' || status === 'pending' || status === 'failed';",
  },
  {
    name: 'a refund’s key shared by all orders',
    file: 'functions/payment/provider.ts',
    find: '{ idempotencyKey: `${orderId}:refund:${earlier.length}` }',
    replace: '{ idempotencyKey: `refund:${earlier.length}` }',
  },
  {
    name: 'a refund’s key used again after a refund that failed',
    file: 'functions/payment/provider.ts',
    find: '{ idempotencyKey: `${orderId}:refund:${earlier.length}` }',
    replace: '{ idempotencyKey: `${orderId}:refund` }',
  },
  {
    name: 'a refund under the key of the charge',
    file: 'functions/payment/provider.ts',
    find: '{ idempotencyKey: `${orderId}:refund:${earlier.length}` }',
    replace: '{ idempotencyKey: orderId }',
  },
  {
    name: 'a decline treated as a timeout',
    file: 'functions/payment/provider.ts',
    find: '    if (decline === undefined) throw error;',
    replace: '    if (decline !== undefined) throw error;\n    if (decline === undefined) throw error;',
  },
  {
    name: 'an error of the provider taken for a decline',
    file: 'functions/payment/provider.ts',
    find: '  return undefined;\n}\n\nfunction declined',
    replace: "  return declined('error', String(error));\n}\n\nfunction declined",
  },
  {
    name: 'charged without a key',
    file: 'functions/payment/provider.ts',
    find: '      { idempotencyKey: orderId },',
    replace: '      {},',
  },
  {
    name: 'charged a cent more',
    file: 'functions/payment/provider.ts',
    find: 'amount: amountMinor,',
    replace: 'amount: amountMinor + 1,',
  },
  {
    name: 'a failed search taken for no charge',
    file: 'functions/payment/provider.ts',
    find: "const { data } = await stripe.paymentIntents.search({ query: `metadata['orderId']:'${orderId}'` });",
    replace:
      "const { data } = await stripe.paymentIntents.search({ query: `metadata['orderId']:'${orderId}'` }).catch(() => ({ data: [] }));",
  },
  {
    name: 'charged before the intent is written',
    file: 'functions/payment/decide.ts',
    find: "      return { kind: 'accept', state, says: [], effect: chargeCall(state, false) };\n    }\n    case 'CHARGING':",
    replace:
      "      return { kind: 'resume', effect: chargeCall(state, false) };\n    }\n    case 'CHARGING':",
  },
  {
    name: 'a charge that succeeded while it was being voided kept',
    file: 'functions/payment/decide.ts',
    find: "    case 'VOIDING':\n      return refund(payment, paymentIntentId);",
    replace: "    case 'VOIDING':\n      return voided(payment.customerId);",
  },
  {
    name: 'a charge that succeeded while it was being voided counts as captured',
    file: 'functions/payment/decide.ts',
    find: "    case 'VOIDING':\n      return refund(payment, paymentIntentId);",
    replace:
      "    case 'VOIDING': {\n      const { customerId, amountMinor, currency } = payment;\n      return { kind: 'accept', state: { customerId, status: 'CAPTURED', amountMinor, currency, paymentIntentId }, says: [{ type: 'payment.captured', data: { amountMinor, currency, paymentIntentId } }] };\n    }",
  },
  {
    name: 'an interrupted refund not resumed',
    file: 'functions/payment/decide.ts',
    find: "    case 'REFUNDING':\n      return { kind: 'resume', effect: refundCall(payment, payment.paymentIntentId, true) };\n    // The decline",
    replace: "    case 'REFUNDING':\n      return ignore('under way');\n    // The decline",
  },
  {
    name: 'an interrupted void not resumed',
    file: 'functions/payment/decide.ts',
    find: "    case 'VOIDING':\n      return { kind: 'resume', effect: chargeCall(payment, true) };\n    case 'CAPTURED':",
    replace: "    case 'VOIDING':\n      return ignore('under way');\n    case 'CAPTURED':",
  },
  {
    name: 'refunded again after it was refunded',
    file: 'functions/payment/decide.ts',
    find: "    case 'DECLINED':\n    case 'VOIDED':\n    case 'REFUNDED':\n      return repeat;\n    default:\n      return payment satisfies never;\n  }\n}\n\nfunction captured",
    replace:
      "    case 'REFUNDED':\n      return refund(payment, payment.paymentIntentId);\n    case 'DECLINED':\n    case 'VOIDED':\n      return repeat;\n    default:\n      return payment satisfies never;\n  }\n}\n\nfunction captured",
  },
  {
    name: 'a decline answers nothing when it is asked again',
    file: 'functions/payment/decide.ts',
    find: "    case 'CAPTURED':\n    case 'DECLINED':\n    case 'VOIDED':\n    case 'REFUNDED':\n      return repeat;\n    default:\n      return payment satisfies never;\n  }\n}\n\nfunction undo",
    replace:
      "    case 'DECLINED':\n      return ignore('declined');\n    case 'CAPTURED':\n    case 'VOIDED':\n    case 'REFUNDED':\n      return repeat;\n    default:\n      return payment satisfies never;\n  }\n}\n\nfunction undo",
  },
  {
    name: 'a charge that is being voided not looked for first',
    file: 'functions/payment/decide.ts',
    find: "const state = { ...payment, status: 'VOIDING' } as const;\n      return { kind: 'accept', state, says: [], effect: chargeCall(state, true) };",
    replace:
      "const state = { ...payment, status: 'VOIDING' } as const;\n      return { kind: 'accept', state, says: [], effect: chargeCall(state, false) };",
  },
  {
    name: 'a charge that is asked for again not looked for first',
    file: 'functions/payment/decide.ts',
    find: "    case 'CHARGING':\n      return { kind: 'resume', effect: chargeCall(payment, true) };",
    replace: "    case 'CHARGING':\n      return { kind: 'resume', effect: chargeCall(payment, false) };",
  },
  {
    name: 'earlier refunds not looked for',
    file: 'functions/payment/provider.ts',
    find: '  const earlier = again\n',
    replace: '  const earlier = again && again !== again\n',
  },
  {
    name: 'any earlier refund taken for a refund',
    file: 'functions/payment/provider.ts',
    find: 'earlier.find(isRefunded) ??',
    replace: 'earlier[0] ??',
  },
  {
    name: 'a refund of part of the charge',
    file: 'functions/payment/provider.ts',
    find: '{ payment_intent: paymentIntentId, metadata: { orderId } },',
    replace: '{ payment_intent: paymentIntentId, amount: 1, metadata: { orderId } },',
  },
  {
    name: 'a void that the decline confirms not said',
    file: 'functions/payment/decide.ts',
    find: "    case 'VOIDING':\n      return voided(payment.customerId);",
    replace:
      "    case 'VOIDING':\n      return { kind: 'accept', state: { customerId: payment.customerId, status: 'VOIDED' } };",
  },
];
