import { type CustomerPlan, calm, MINUTE_MS, type Redelivery, type Workload } from '../actors/workload.ts';
import { stockItems } from './shelf.ts';
import { CHALLENGED_CARD } from './workload.ts';

const customer: CustomerPlan = {
  id: 0,
  name: 'customer-1',
  key: 'key-0',
  body: {
    items: [
      { sku: 'mug', quantity: 2 },
      { sku: 'pen', quantity: 1 },
    ],
    paymentMethod: 'pm_card_visa',
  },
  other: { items: [{ sku: 'mug', quantity: 1 }], paymentMethod: 'pm_card_visa' },
  atStep: 0,
  isDouble: false,
  patience: 3,
  wishes: [],
};

const products = [
  { sku: 'mug', available: 5, unitPriceMinor: 1_500, currency: 'EUR' },
  { sku: 'pen', available: 5, unitPriceMinor: 300, currency: 'EUR' },
];

const shelvesOf = (available?: number): Workload['shelves'] =>
  products.map((each) => ({
    service: 'inventory',
    items: stockItems(available === undefined ? each : { ...each, available }),
  }));

/**
 * One named saga with nothing left to chance: `happy`, `out-of-stock`, `declined`, `deadline` (nobody has heard of
 * the order when the schedule first looks, past its deadline), `cancel-N` (the customer cancels when N calls have
 * been made), `cancel-declined-N` (and the card is declined), `challenged` (the customer's bank wants to see the
 * customer), `cancel-challenged-N`, `refused-by-S` (whom the service S asks refuses).
 */
export function scenarioOf(name: string, redelivery: Redelivery = 'once'): Workload {
  const scene: Workload = { ...calm, shelves: shelvesOf(), customers: [customer], redelivery };
  const [, refusing] = /^refused-by-(.+)$/.exec(name) ?? [];
  if (refusing !== undefined) return { ...scene, refusing: [refusing] };
  const [, kind = name, call] = /^(.*?)(?:-(\d+))?$/.exec(name) ?? [];
  const wishes = [{ kind: 'cancel', afterSteps: 0, atCall: Number(call) }] as const;
  const declined = { ...customer.body, paymentMethod: 'pm_card_chargeDeclined' };
  const challenged = { ...customer.body, paymentMethod: CHALLENGED_CARD };
  switch (kind) {
    case 'happy':
      return scene;
    case 'out-of-stock':
      return { ...scene, shelves: shelvesOf(1) };
    case 'declined':
      return {
        ...scene,
        customers: [{ ...customer, body: declined }],
      };
    case 'challenged':
      return { ...scene, hasNews: true, customers: [{ ...customer, body: challenged }] };
    case 'cancel-challenged':
      return { ...scene, hasNews: true, customers: [{ ...customer, body: challenged, wishes }] };
    case 'deadline':
      return { ...scene, firstTickMs: 16 * MINUTE_MS, customers: [{ ...customer, patience: 0 }] };
    case 'cancel':
      return { ...scene, customers: [{ ...customer, wishes }] };
    case 'cancel-declined':
      return { ...scene, customers: [{ ...customer, body: declined, wishes }] };
    default:
      throw new Error(`there is no scenario ${name}`);
  }
}
