/** The order's own data and that of its events. The engine has the states (`initiator.ts`). */
import * as z from 'zod';
import { initiator, type Reason } from '../../engine/saga/initiator.ts';
import { impersonal, pseudonymous } from '../../engine/saga/personal-data.ts';
import { type Line, Lines, PaymentMethod, totalMinorOf } from '../events.ts';
import { CustomerId } from '../ids.ts';
import { type EventData, shop } from '../shop.ts';

/** An order as it was placed. It never changes. */
export const Placed = z.object({
  customerId: CustomerId,
  items: Lines,
  paymentMethod: PaymentMethod,
  fingerprint: z.string().meta(pseudonymous),
  createdAtMs: z.number().meta(impersonal),
});
export type Placed = Readonly<z.infer<typeof Placed>>;

type Heard = { readonly 'payment.captured': EventData<'payment.captured'> };

/** What the order's events say. */
export const story = {
  begin: ({ customerId, items, paymentMethod }: Placed) => ({ customerId, items, paymentMethod }),
  succeed: ({ customerId, items }: Placed, heard: Heard) => {
    const { amountMinor, currency } = heard['payment.captured'];
    return {
      keeps: { totalMinor: amountMinor, currency },
      outcome: { customerId, items, amountMinor, currency },
    };
  },
  flawsOf: {
    'payment.captured': ({ items }: Placed, captured: EventData<'payment.captured'>) =>
      flawOfCapture(items, captured),
  },
  cancel: ({ customerId }: Pick<Placed, 'customerId'>, { code }: Reason) => ({ customerId, cause: code }),
  fail: ({ customerId }: Placed, { code }: Reason) => ({ customerId, code }),
};

/** The order knows what was ordered, and inventory what it costs. */
function flawOfCapture(
  items: readonly Line[],
  { lines, amountMinor }: EventData<'payment.captured'>,
): string | undefined {
  const named = (each: readonly Line[]) => each.map(({ sku, quantity }) => `${quantity} ${sku}`).join(', ');
  if (named(lines) !== named(items)) return `${named(lines)} were paid for, and ${named(items)} ordered`;
  const due = totalMinorOf(lines);
  return due === amountMinor ? undefined : `${amountMinor} was captured, and the lines cost ${due}`;
}

export const decide = initiator(shop, story);
