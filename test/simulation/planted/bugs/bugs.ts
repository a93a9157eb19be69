import type { Bug } from '../planter/bug.ts';
import { auditBugs } from './audit.ts';
import { causalityBugs } from './causality.ts';
import { commitBugs } from './commit.ts';
import { consumeBugs } from './consume.ts';
import { deadLettersBugs } from './dead-letters.ts';
import { dynamoStoreBugs } from './dynamo-store.ts';
import { externalStepBugs } from './external-step.ts';
import { httpBugs } from './http.ts';
import { initiatorBugs } from './initiator.ts';
import { inventoryBugs } from './inventory.ts';
import { nudgeBugs } from './nudge.ts';
import { orderBugs } from './order.ts';
import { privacyBugs } from './privacy.ts';
import { providerBugs } from './provider.ts';
import { recordBugs } from './record.ts';
import { runBugs } from './run.ts';
import { stockBugs } from './stock.ts';
import { tallyBugs } from './tally.ts';
import { togetherBugs } from './together.ts';
import { webhookBugs } from './webhook.ts';

export const bugs: readonly Bug[] = [
  ...commitBugs,
  ...runBugs,
  ...recordBugs,
  ...dynamoStoreBugs,
  ...togetherBugs,
  ...consumeBugs,
  ...deadLettersBugs,
  ...causalityBugs,
  ...initiatorBugs,
  ...nudgeBugs,
  ...tallyBugs,
  ...externalStepBugs,
  ...providerBugs,
  ...inventoryBugs,
  ...stockBugs,
  ...orderBugs,
  ...httpBugs,
  ...webhookBugs,
  ...auditBugs,
  ...privacyBugs,
];
