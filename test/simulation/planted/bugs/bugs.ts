import type { Bug } from './bug.ts';
import { engineBugs } from './engine.ts';
import { httpBugs } from './http.ts';
import { inventoryBugs } from './inventory.ts';
import { messagesBugs } from './messages.ts';
import { nudgeBugs } from './nudge.ts';
import { orderBugs } from './order.ts';
import { paymentBugs } from './payment.ts';

export const bugs: readonly Bug[] = [
  ...engineBugs,
  ...messagesBugs,
  ...orderBugs,
  ...nudgeBugs,
  ...inventoryBugs,
  ...paymentBugs,
  ...httpBugs,
];
