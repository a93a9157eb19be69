// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
/** A bug to plant: what stands once in a file of the product, and what takes its place. */
export interface Bug {
  readonly name: string;
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

const engine: readonly Bug[] = [
  {
    name: 'condition loosened: whatever is stored is overwritten',
    file: 'functions/runtime/commit.ts',
    find: "({ kind: 'put', item, expects })",
    replace: "({ kind: 'put', item, expects: 'anything' })",
  },
  {
    name: 'published before it is written',
    file: 'functions/runtime/engine.ts',
    find: '    this.#view.draft(change);',
    replace: '    this.#view.draft(change);\n    this.#publish(says ?? []).catch(() => {});',
  },
  {
    name: 'acknowledged before it is published',
    file: 'functions/runtime/engine.ts',
    find: '    job.outcome = this.#publish(bodies).then(',
    replace: '    this.#publish(bodies).catch(() => {});\n    job.outcome = Promise.resolve().then(',
  },
  {
    name: 'sum off by one in a group',
    file: 'functions/runtime/commit.ts',
    find: 'delta: delta + (sum?.delta ?? 0)',
    replace: 'delta: sum === undefined ? delta : delta + sum.delta + 1',
  },
  {
    name: 'only the last of a group taken from the counter',
    file: 'functions/runtime/commit.ts',
    find: 'delta: delta + (sum?.delta ?? 0)',
    replace: 'delta',
  },
  {
    name: 'a contended change dropped',
    file: 'functions/runtime/engine.ts',
    find: 'contended: ({ job }) => this.#again(job, job.tries + 1),',
    replace:
      "contended: ({ job }) => this.#finish(job, { kind: 'ignored', reason: 'contended', record: undefined }, []),",
  },
  {
    name: 'outbox emptied by a step that says nothing',
    file: 'functions/runtime/record.ts',
    find: 'outbox: step.outbox ?? before?.outbox ?? [],',
    replace: 'outbox: step.outbox ?? [],',
  },
  {
    name: 'mandatory dropped',
    file: 'functions/runtime/messages.ts',
    find: "mandatory: kindOf(type) !== 'outcome',",
    replace: 'mandatory: false,',
  },
  {
    name: 'retry dropped',
    file: 'functions/runtime/participate.ts',
    find: "      case 'failed':\n",
    replace: "      case 'failed':\n        return;\n      case 'never' as never:\n",
  },
  {
    name: 'retry counts no attempts',
    file: 'functions/runtime/settle.ts',
    find: '{ [ATTEMPTS_HEADER]: delivery.attempts + 1, [ERROR_HEADER]: header(lastError) }',
    replace: '{ [ATTEMPTS_HEADER]: delivery.attempts, [ERROR_HEADER]: header(lastError) }',
  },
  {
    name: 'parking of what cannot be read dropped',
    file: 'functions/runtime/participate.ts',
    find: '...unreadable.map(',
    replace: '...unreadable.slice(1).map(',
  },
  {
    name: 'parking of what was refused dropped',
    file: 'functions/runtime/participate.ts',
    find: "      case 'refused':\n",
    replace: "      case 'refused':\n        return;\n      case 'never' as never:\n",
  },
  {
    name: 'redrive removes and does not publish',
    file: 'functions/runtime/redrive.ts',
    find: '  await publisher.publish({',
    replace: '  if (remove === undefined) await publisher.publish({',
  },
];

const order: readonly Bug[] = [
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
    file: 'functions/runtime/idempotency-key.ts',
    find: "digest('order', customer, key)",
    replace: "digest('order', key)",
  },
  {
    name: 'nudge skipped',
    file: 'functions/order/nudge.ts',
    find: 'return result.ok ? [record] : [];',
    replace: 'return result.ok && record.version < 0 ? [record] : [];',
  },
  {
    name: 'claim of a nudge unconditional',
    file: 'functions/order/nudge.ts',
    find: 'relyingOn: { dueEpochSeconds: due },',
    replace: 'relyingOn: {},',
  },
];

const inventory: readonly Bug[] = [
  {
    name: 'reservation not recognised as a repeat',
    file: 'functions/inventory/decide.ts',
    find: 'return reservation === undefined ? reserve(fact.data, catalogue) : repeat;',
    replace: 'return reserve(fact.data, catalogue);',
  },
  {
    name: 'tombstone of a release ignored',
    file: 'functions/inventory/decide.ts',
    find: 'return reservation === undefined ? reserve',
    replace: "return reservation === undefined || reservation.status === 'RELEASED' ? reserve",
  },
  {
    name: 'released twice',
    file: 'functions/inventory/decide.ts',
    find: "reservation?.status === 'RELEASED' || reservation?.status === 'REJECTED'",
    replace: "reservation?.status === 'REJECTED'",
  },
  {
    name: 'a release gives nothing back',
    file: 'functions/inventory/decide.ts',
    find: '      delta: quantity,',
    replace: '      delta: quantity - quantity,',
  },
  {
    name: 'no tombstone where there is nothing to release',
    file: 'functions/inventory/decide.ts',
    find: '  // A rejection says already',
    replace:
      "  if (reservation === undefined) return ignore('nothing to release');\n  // A rejection says already",
  },
  {
    name: 'a receipt added as often as it is sent',
    file: 'functions/inventory/receive-stock.ts',
    find: "expects: 'absent' }",
    replace: "expects: 'anything' }",
  },
];

const payment: readonly Bug[] = [
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
    find: 'call.again ? await findCharge(stripe(), orderId) : undefined',
    replace: 'undefined',
  },
  {
    name: 'a refund the bank refused taken for done',
    file: 'functions/payment/provider.ts',
    find: "status === 'succeeded' || status === 'pending';",
    replace: "status === 'succeeded' || status === 'pending' || status === 'failed';",
  },
];

export const bugs: readonly Bug[] = [...engine, ...order, ...inventory, ...payment];
