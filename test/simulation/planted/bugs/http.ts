// biome-ignore-all lint/suspicious/noTemplateCurlyInString: they are pieces of the product's code
import type { Bug } from './bug.ts';

export const httpBugs: readonly Bug[] = [
  {
    name: 'another customer’s order shown',
    file: 'functions/order/order.ts',
    find: 'if (record === undefined || !mayRead(caller, record.state.customerId)) {',
    replace: 'if (record === undefined) {',
  },
  {
    name: 'another customer’s payment shown',
    file: 'engine/http/record-reply.ts',
    find: "  if (!mayRead(caller, state.customerId)) throw new Problem('not-found', notFound);\n",
    replace: '',
  },
  {
    name: 'customers do what operators do',
    file: 'engine/http/http.ts',
    find: 'if (caller.role !== role)',
    replace: "if (caller.role !== role && caller.role !== 'customer')",
  },
  {
    name: 'orders listed oldest first',
    file: 'functions/order/list.ts',
    find: '      newestFirst: true,\n',
    replace: '',
  },
  {
    name: 'every order listed as pending',
    file: 'functions/order/order.ts',
    find: "    status: state.status,\n    ...('reason'",
    replace: "    status: 'PENDING',\n    ...('reason'",
  },
  {
    name: 'the wall clock asked',
    file: 'functions/order/place.ts',
    find: 'createdAtMs: edges.now() }',
    replace: 'createdAtMs: Date.now() }',
  },
  {
    name: 'somebody else’s order cancelled',
    file: 'functions/order/cancel.ts',
    find: "const { orderId } = await orderOf(edges, pathOf(event, 'orderId', OrderId), caller);",
    replace: "const orderId = pathOf(event, 'orderId', OrderId);",
  },
  {
    name: 'a refused cancel confirmed',
    file: 'functions/order/cancel.ts',
    find: "if (outcome?.kind === 'refused')",
    replace: "if (outcome?.kind === 'ignored')",
  },
  {
    name: 'another body of the same key taken for the same order',
    file: 'functions/order/place.ts',
    find: "if (outcome.kind === 'refused') {",
    replace: "if (outcome.kind === 'ignored') {",
  },
  {
    name: 'a fault answered as the caller’s',
    file: 'engine/http/problem.ts',
    find: "    return new Problem('unavailable',",
    replace: "    return new Problem('conflict',",
  },
  {
    name: 'a request given the outcome of another one',
    file: 'engine/batch/together.ts',
    find: 'const outcome = outcomes[index];',
    replace: 'const outcome = outcomes[0 * index];',
  },
  {
    name: 'requests beside the first one forgotten',
    file: 'engine/batch/together.ts',
    find: 'runGroup(waiting.splice(0, MAX_TOGETHER)).then(next, next);',
    replace: 'runGroup(waiting.splice(0).slice(0, 1)).then(next, next);',
  },
  {
    name: 'no group after the first one',
    file: 'engine/batch/together.ts',
    find: '      underWay -= 1;\n      start();',
    replace: '      underWay -= 0;\n      start();',
  },
  {
    name: 'requests answered before they are stored',
    file: 'engine/batch/together.ts',
    find: '      waiting.push({ work, resolve, reject });',
    replace:
      "      waiting.push({ work, resolve, reject });\n      if (waiting.length > 1) resolve({ kind: 'ignored', reason: 'soon', record: { orderId: work.orderId, version: 1, outbox: [], history: [], updatedAtMs: 0, state: work.input.order } as never });",
  },
];
