// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const orderBugs: readonly Bug[] = [
  {
    name: 'confirmed from any state',
    file: 'functions/order/decide.ts',
    find: "    case 'PENDING': {\n      if (order.answered.length > 0) return refuse(",
    replace:
      "    case 'CANCELLED':\n    case 'CANCELLING':\n    case 'PENDING': {\n      if (order.answered?.length > 9) return refuse(",
  },
  {
    name: 'a confirmed order can be cancelled',
    file: 'functions/order/decide.ts',
    find: "return refuse('the order is confirmed');",
    replace: 'return startCancelling(order, by);',
  },
  {
    name: 'cancelled before the compensations are confirmed',
    file: 'functions/order/decide.ts',
    find: 'compensatorsOf(order.failure).some((service) => !order.answered.includes(service))',
    replace: 'false',
  },
  {
    name: 'one answer enough for a cancellation',
    file: 'functions/order/decide.ts',
    find: 'compensatorsOf(order.failure).some((service) => !order.answered.includes(service))',
    replace: 'compensatorsOf(order.failure).every((service) => !order.answered.includes(service))',
  },
  {
    name: 'answers forgotten',
    file: 'functions/order/decide.ts',
    find: 'return order.answered.includes(by) ? order : { ...order, answered: [...order.answered, by] };',
    replace: 'return order;',
  },
  {
    name: 'idempotency fingerprint ignored',
    file: 'functions/order/decide.ts',
    find: 'if (fingerprint !== order.fingerprint) return',
    replace: 'if (fingerprint === undefined) return',
  },
  {
    name: 'deadline ignored',
    file: 'functions/order/decide.ts',
    find: "nowMs - order.createdAtMs >= deadlineMs ? startCancelling(order, 'DEADLINE') : repeat",
    replace: 'nowMs - order.createdAtMs >= deadlineMs ? repeat : repeat',
  },
  {
    name: 'idempotency key not the customer’s own',
    file: 'engine/http/idempotency-key.ts',
    find: "digest('order', customer, key)",
    replace: "digest('order', key)",
  },
  {
    name: 'placed again with another body: the new one stored',
    file: 'functions/order/decide.ts',
    find: "  if (fingerprint !== order.fingerprint) return refuse('the idempotency key came with another body before');",
    replace:
      "  if (fingerprint !== order.fingerprint) return { kind: 'accept', state: { ...order, fingerprint } };",
  },
  {
    name: 'a late success confirms a cancelling order',
    file: 'functions/order/decide.ts',
    find: "    case 'CANCELLING':\n    case 'CANCELLED':\n      return ignore(`late success: the order is ${order.status}`);",
    replace:
      "    case 'CANCELLING':\n      return { kind: 'accept', state: { ...order, status: 'CONFIRMED', totalMinor: data.amountMinor, currency: data.currency }, says: [] };\n    case 'CANCELLED':\n      return ignore(`late success: the order is ${order.status}`);",
  },
  {
    name: 'a cancel acknowledged and not done',
    file: 'functions/order/decide.ts',
    find: '      return startCancelling(order, by);',
    replace: "      return by === 'OPERATOR' ? startCancelling(order, by) : repeat;",
  },
  {
    name: 'a cancelled order goes back to pending',
    file: 'functions/order/decide.ts',
    find: "    case 'CANCELLED':\n      return repeat;\n    default:\n      return order satisfies never;\n  }\n}\n\nfunction hear",
    replace:
      "    case 'CANCELLED':\n      return { kind: 'accept', state: { ...order, status: 'PENDING', answered: [] } as never };\n    default:\n      return order satisfies never;\n  }\n}\n\nfunction hear",
  },
  {
    name: 'cancelled at once when payment declines',
    file: 'functions/order/decide.ts',
    find: "        { ...withAnswerOf(publisherOf(failure), order), status: 'CANCELLING', reason, failure },\n        [],\n",
    replace:
      "        { ...withAnswerOf(publisherOf(failure), order), status: 'CANCELLING', reason, failure: 'stock.rejected' },\n        [],\n",
  },
  {
    name: 'a nudge does not ask again whoever has not answered a decline',
    file: 'functions/order/decide.ts',
    find: "return order.failure === 'order.cancelling' ? repeat : escalate(order);",
    replace: 'return repeat;',
  },
  {
    name: 'the outcome not said',
    file: 'functions/order/decide.ts',
    find: "    says: [{ type: 'order.cancelled', data: { customerId: order.customerId, code: order.reason.code } }],",
    replace: '    says: [],',
  },
  {
    name: 'confirmed for the wrong amount',
    file: 'functions/order/decide.ts',
    find: "status: 'CONFIRMED', totalMinor: amountMinor, currency }",
    replace: "status: 'CONFIRMED', totalMinor: amountMinor + 1, currency }",
  },
  {
    name: 'cancelled with a reason of its own',
    file: 'functions/order/decide.ts',
    find: "  return escalate({ ...order, status: 'CANCELLING', reason: { code } });",
    replace: "  return escalate({ ...order, status: 'CANCELLING', reason: { code: 'OPERATOR' } });",
  },
  {
    name: 'deadline passed too early',
    file: 'functions/order/decide.ts',
    find: 'nowMs - order.createdAtMs >= deadlineMs ?',
    replace: 'nowMs - order.createdAtMs >= deadlineMs / 10 ?',
  },
  {
    name: 'the fingerprint leaves out how it is paid',
    file: 'functions/order/place.ts',
    find: 'fingerprint: fingerprintOf(body),',
    replace: 'fingerprint: fingerprintOf(body.items),',
  },
  {
    name: 'wrong order of compensations: nobody waits for the stock',
    file: 'functions/shop.ts',
    find: "undoneBy === 'everyone' ? compensationsOf(service).length > 0 : undoneBy.includes(service);",
    replace: "undoneBy === 'everyone' ? service === 'payment' : undoneBy.includes(service);",
  },
  {
    name: 'an order accepted that could not be stored',
    file: 'functions/order/order.ts',
    find: "    throw outcome?.kind === 'failed' ? outcome.error : new Error('no outcome');",
    replace: "    return json(202, { orderId: 'ord_000000000000000000000000', status: 'PENDING' });",
  },
  {
    name: 'a cancellation waits for nobody',
    file: 'functions/shop.ts',
    find: "undoneBy: { 'order.cancelling': 'everyone' },",
    replace: "undoneBy: { 'order.cancelling': [] },",
  },
  {
    name: 'a rejection waits for compensations that nobody makes',
    file: 'functions/shop.ts',
    find: "undoneBy: { 'stock.rejected': [] },",
    replace: "undoneBy: { 'stock.rejected': ['inventory'] },",
  },
  {
    name: 'a decline waits for nobody',
    file: 'functions/shop.ts',
    find: "undoneBy: { 'payment.declined': ['inventory'] },",
    replace: "undoneBy: { 'payment.declined': [] },",
  },
  {
    name: 'an answer that came before the failure not counted',
    file: 'functions/order/decide.ts',
    find: "    case 'PENDING':\n      if (order.answered.includes(by)) return ignore(`${by} has answered already`);\n      return { kind: 'accept', state: withAnswerOf(by, order) };",
    replace: "    case 'PENDING':\n      return ignore('nothing is being cancelled');",
  },
  {
    name: 'a failure is no answer of whoever failed',
    file: 'functions/order/decide.ts',
    find: "        { ...withAnswerOf(publisherOf(failure), order), status: 'CANCELLING', reason, failure },",
    replace: "        { ...order, status: 'CANCELLING', reason, failure },",
  },
  {
    name: 'a second failure counts as everyone’s answer',
    file: 'functions/order/decide.ts',
    find: '      return hear(\n        order.reason.code',
    replace:
      "      return waitOrEnd({ ...order, answered: ['order', 'inventory', 'payment'] });\n      return hear(\n        order.reason.code",
  },
  {
    name: 'the deadline passes and the order ends at once',
    file: 'functions/order/decide.ts',
    find: "return nowMs - order.createdAtMs >= deadlineMs ? startCancelling(order, 'DEADLINE') : repeat;",
    replace:
      "return nowMs - order.createdAtMs >= deadlineMs ? failed(order, 'stock.rejected', { code: 'DEADLINE' }) : repeat;",
  },
];
