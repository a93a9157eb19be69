import { application, title } from '../application.ts';
import { roles } from './identity/sign-token.ts';
import { isShop, sagaFolder } from './project.ts';
import { scenarioNames } from './saga/scenario.ts';
import type { System } from './system.ts';

/** Shows a newcomer the addresses, and commands that work when pasted. `page`: the console's address, if it is served. */
export function welcome(system: System, ownerToken: string, logDir: string, page?: string): string {
  const { api, lambda, rabbitmq, dynamodb, payments, issuer } = system.urls;
  return `
${title} runs. Ctrl-C stops it.

${page === undefined ? '' : `  Console    ${page} (what is stuck, and why)\n`}  API        ${api} (a page lists the calls${isShop ? `, ${api}/docs describes them` : ''})
  Lambda     ${lambda}
  RabbitMQ   ${rabbitmq}
  DynamoDB   ${dynamodb}
  Payments   ${payments}/ledger
  Issuer     ${issuer}
  Logs       ${logDir}

A token for the ${application.ownerRole} alice (more with: npm run -s token ${isShop ? '' : `-- ${sagaFolder} `}[${roles.join('|')}] [name]):

TOKEN=${ownerToken}

${isShop ? tryTheShop(api) : tryScenarios()}
`;
}

function tryTheShop(api: string): string {
  const run = Date.now().toString(36);
  return `An order that is confirmed, and one whose payment is declined:

${placeOrder(api, `paid-${run}`, 'pm_card_visa')}

${placeOrder(api, `declined-${run}`, 'pm_card_chargeDeclined')}

Alice's orders, newest first:

${curl()} ${api}/orders -H "Authorization: Bearer $TOKEN"

Every call is described at ${api}/docs. What is open, and why (then: npm run op -- show ID):

npm run op -- sagas`;
}

const tryScenarios = (): string => `Sagas to play in a second terminal:

${scenarioNames()
  .map((name) => `npm run -s saga -- ${sagaFolder} ${name}`)
  .join('\n')}`;

/** Unlike Node, curl does not know what bootstrap.mjs says of this machine and the proxy. */
function curl(): string {
  const hasProxy = ['http_proxy', 'all_proxy', 'ALL_PROXY'].some((name) => process.env[name]);
  return `curl -sSw "\\n"${hasProxy ? " --noproxy '*'" : ''}`;
}

function placeOrder(api: string, idempotencyKey: string, paymentMethod: string): string {
  const body = JSON.stringify({ items: [{ sku: 'mug-blue', quantity: 2 }], paymentMethod });
  return `${curl()} ${api}/orders -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' -H 'Idempotency-Key: ${idempotencyKey}' -d '${body}'`;
}
