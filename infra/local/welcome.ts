import type { System } from './system.ts';

/** What a newcomer needs next: where everything is, and lines that work when they are pasted. */
export function welcome(system: System, customerToken: string, logDir: string): string {
  const { api, lambda, rabbitmq, dynamodb, payments, issuer } = system.urls;
  const run = Date.now().toString(36);
  return `
OrderSaga runs. Ctrl-C stops it.

  API        ${api} (a page lists the calls)
  Lambda     ${lambda}
  RabbitMQ   ${rabbitmq}
  DynamoDB   ${dynamodb}
  Payments   ${payments}/ledger
  Issuer     ${issuer}
  Logs       ${logDir}

A token for the customer alice (more with: npm run -s token [customer|operator] [name]):

TOKEN=${customerToken}

An order that is confirmed, and one whose payment is declined:

${placeOrder(api, `paid-${run}`, 'pm_card_visa')}

${placeOrder(api, `declined-${run}`, 'pm_card_chargeDeclined')}

What became of them, newest first:

${curl()} ${api}/orders -H "Authorization: Bearer $TOKEN"
`;
}

/** Other than Node, curl knows nothing of what bootstrap.mjs says of this machine and the proxy. */
function curl(): string {
  const hasProxy = ['http_proxy', 'all_proxy', 'ALL_PROXY'].some((name) => process.env[name]);
  return `curl -sSw "\\n"${hasProxy ? " --noproxy '*'" : ''}`;
}

function placeOrder(api: string, idempotencyKey: string, paymentMethod: string): string {
  const body = JSON.stringify({ items: [{ sku: 'mug-blue', quantity: 2 }], paymentMethod });
  return `${curl()} ${api}/orders -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Idempotency-Key: ${idempotencyKey}' -d '${body}'`;
}
