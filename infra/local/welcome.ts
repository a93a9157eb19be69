import type { System } from './system.ts';

/** Shows a newcomer the addresses, and commands that work when pasted. */
export function welcome(system: System, customerToken: string, logDir: string): string {
  const { api, lambda, rabbitmq, dynamodb, payments, issuer } = system.urls;
  const run = Date.now().toString(36);
  return `
OrderSaga runs. Ctrl-C stops it.

  API        ${api}
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

Alice's orders, newest first:

curl -sSw "\\n" ${api}/orders -H "Authorization: Bearer $TOKEN"
`;
}

function placeOrder(api: string, idempotencyKey: string, paymentMethod: string): string {
  const body = JSON.stringify({ items: [{ sku: 'mug-blue', quantity: 2 }], paymentMethod });
  return `curl -sSw "\\n" ${api}/orders -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Idempotency-Key: ${idempotencyKey}' -d '${body}'`;
}
