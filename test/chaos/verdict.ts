import { isDeepStrictEqual } from 'node:util';
import type { Report } from '../../functions/reconciliation/run.ts';
import { shop } from '../../functions/shop.ts';
import { violationsOf } from '../support/saga/audit.ts';
import type { Books } from '../support/saga/books.ts';
import type { Row } from '../support/saga/records.ts';
import type { Product } from '../support/saga/world.ts';
import type { DeadLetterMessage } from './broker-books.ts';
import type { ClientLog, LoggedOrder } from './client-log.ts';
import { grabbedSku, scarceSku } from './errand.ts';
import { hoarderName, unserved } from './hoarder.ts';

/** What is left when everything is quiet, from every side. */
export interface Evidence {
  readonly log: Pick<ClientLog, 'orders' | 'complaints'>;
  /** What there was to sell, goods received included. */
  readonly shelf: ReadonlyMap<string, Product>;
  readonly books: Books;
  readonly withoutOrder: { readonly captures: number };
  /** What the shop's own auditor finds in the end. */
  readonly reconciliation: Pick<Report, 'findings' | 'open'>;
  readonly deadLetters: readonly DeadLetterMessage[];
  /** The ids of messages that nobody can handle, and the queue where each has to be. */
  readonly poison: ReadonlyMap<string, string>;
  /** The books once more, after every dead letter was redriven. */
  readonly afterRedrive: Books;
  readonly deadLettersAfterRedrive: readonly DeadLetterMessage[];
}

/** Judges P1 to P8, each violation in one line that begins with its promise. */
export function verdict(evidence: Evidence): readonly string[] {
  const { log, books, shelf, withoutOrder } = evidence;
  return [
    ...log.complaints,
    ...violationsOf(books, { shelf }),
    ...unserved(books),
    ...(withoutOrder.captures > 0 ? [`P2 ${withoutOrder.captures} captures for no order`] : []),
    ...disagreements(evidence),
    ...promisesKept(evidence),
    ...deadLetteredRightly(evidence),
    ...unmovedByRedrive(evidence),
  ];
}

/** Everything has ended, so nothing is open or stuck. People at the provider may have moved money besides. */
const disagreements = ({ reconciliation: { findings, open } }: Evidence): string[] => [
  ...findings
    .filter(({ kind }) => kind !== 'information')
    .map(({ code, orderId, sentence }) => `P2 reconciliation: ${code} of ${orderId}: ${sentence}`),
  ...(open > 0 ? [`P3 reconciliation: ${open} orders are open`] : []),
];

/** What each client was told, against what has become of its order. */
function promisesKept({ log, books }: Evidence): string[] {
  const violations: string[] = [];
  const keyOf = new Map<string, string>();
  for (const order of log.orders.values()) {
    const { errand, orderId } = order;
    const other = keyOf.get(orderId);
    if (other !== undefined) violations.push(`P5 ${orderId} answers both ${other} and ${errand.key}`);
    keyOf.set(orderId, errand.key);
    const row = books.orders.get(orderId);
    if (row === undefined) violations.push(`P6 ${orderId} was accepted and is not there`);
    else violations.push(...endedRightly(order, row));
  }
  for (const [orderId, { state }] of books.orders) {
    const isKnown = keyOf.has(orderId) || state.customerId === hoarderName;
    if (!isKnown) violations.push(`P5 ${orderId} is there and no client was told of it`);
  }
  return violations;
}

function endedRightly({ errand, orderId, cancellation }: LoggedOrder, row: Row): string[] {
  const { status, reason } = row.state;
  const is = `${orderId} is ${status}${reason === undefined ? '' : ` for ${reason.code}`}`;
  const isDeclined = errand.paymentMethod === 'pm_card_chargeDeclined';
  if (status === 'CONFIRMED') {
    return [
      ...(cancellation === 'wished' ? [`P6 ${is}, and its cancellation had been accepted`] : []),
      ...(isDeclined ? [`P4 ${is}, and its card is always declined`] : []),
    ];
  }
  if (status !== 'CANCELLED') return [];
  const mayBe = new Set(['DEADLINE']);
  if (errand.cancelAfterMs !== undefined) mayBe.add('CUSTOMER');
  if (isDeclined) mayBe.add('PAYMENT_DECLINED').add('PARTICIPANT_FAILED');
  if (errand.items.some(({ sku }) => sku === scarceSku || sku === grabbedSku)) mayBe.add('OUT_OF_STOCK');
  return [
    ...(cancellation === 'refused' ? [`P4 ${is}, and was confirmed before`] : []),
    ...(mayBe.has(reason?.code) ? [] : [`P4 ${is}, which nothing has given it cause for`]),
  ];
}

function deadLetteredRightly({ deadLetters, poison, deadLettersAfterRedrive }: Evidence): string[] {
  const violations = deadLetters
    .filter(({ reason }) => reason === undefined)
    .map(({ queue, messageId }) => `P7 ${messageId} is in ${queue} without a reason`);
  for (const [when, messages] of [
    ['', deadLetters],
    [' after the redrive', deadLettersAfterRedrive],
  ] as const) {
    const found = new Set(messages.map(({ queue, messageId }) => `${queue} ${messageId}`));
    for (const [messageId, queue] of poison) {
      if (!found.has(`${queue} ${messageId}`)) violations.push(`P7 ${messageId} is not in ${queue}${when}`);
    }
  }
  return violations;
}

/** P8. What had ended before is to the last attribute as it was; no money and no stock has moved. */
function unmovedByRedrive({ books, afterRedrive }: Evidence): string[] {
  const violations: string[] = [];
  const hasEnded = (orderId: string) =>
    ['CONFIRMED', 'CANCELLED'].includes(books.orders.get(orderId)?.state.status);
  for (const service of shop.services) {
    for (const [orderId, row] of books.records[service]) {
      const now = afterRedrive.records[service].get(orderId);
      if (hasEnded(orderId) && !isDeepStrictEqual(now, row)) {
        violations.push(`P8 ${orderId} in ${service}: ${JSON.stringify(row)} became ${JSON.stringify(now)}`);
      }
    }
  }
  const areAllEnded = [...books.orders.keys()].every(hasEnded);
  for (const [sku, available] of books.available) {
    const now = afterRedrive.available.get(sku);
    if (areAllEnded && now !== available) violations.push(`P8 ${sku} went from ${available} to ${now}`);
  }
  for (const [orderId, { captures, keptMinor }] of Object.entries(books.ledger)) {
    const now = afterRedrive.ledger[orderId];
    if (hasEnded(orderId) && (now?.captures !== captures || now.keptMinor !== keptMinor)) {
      violations.push(
        `P8 ${orderId} in the ledger: ${captures} captures, kept ${keptMinor}, became ${now?.captures}, ${now?.keptMinor}`,
      );
    }
  }
  return violations;
}
