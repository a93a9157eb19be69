import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { holdsCardNumber } from '../../engine/http/card-number.ts';
import { FreeText } from '../../engine/http/free-text.ts';
import { idempotencyKey } from '../../engine/http/idempotency-key.ts';
import { Sku } from '../../functions/ids.ts';
import { foundBy, httpEvent } from '../support/http-event.ts';

/** The numbers that networks and providers publish for tests. https://docs.stripe.com/testing#cards */
const cards = [
  '4242424242424242',
  '4000056655665556',
  '5555555555554444',
  '2223003122003222',
  '5200828282828210',
  '378282246310005',
  '371449635398431',
  '6011111111111117',
  '6011000990139424',
  '3056930009020004',
  '36227206271667',
  '6555900000604105',
  '3566002020360505',
  '6200000000000005',
  '6205500000000000004',
];

describe('a card’s number', () => {
  test.each(cards)('%s is found, in whatever form it is written', (number) => {
    const groups = number.replaceAll(/(\d{4})(?=\d)/g, '$1 ');
    for (const form of [
      number,
      groups,
      groups.replaceAll(' ', '-'),
      groups.replaceAll(' ', '.'),
      groups.replaceAll(' ', '\u00a0'),
      groups.replaceAll(' ', '\u200b'),
      groups.replaceAll(' ', ' - '),
      `pm_${groups.replaceAll(' ', '_')}`,
      `pm_${number}`,
      `paid 12 ${groups} on 2026-11-30`,
      `card:${number}, cvc 123`,
      number.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit))),
    ])
      expect(holdsCardNumber(form), form).toBe(true);
  });

  test.each([
    ['a number that fails Luhn’s check', '4242424242424241'],
    ['a number of no network', '9999999999999995'],
    ['thirteen digits', '4222222222222'],
    ['twenty digits', '42424242424242424242'],
    ['a payment method of Stripe', 'pm_1MqLiJLkdIwHu7ixUEgbFdYF'],
    ['an IBAN', 'DE89 3704 0044 0532 0130 00'],
    ['times', '2026-11-30T00:00:33.613Z to 2026-11-30T01:00:33.613Z'],
    ['an order', 'ord_3lDfTz0aB9cDeFgHiJkLmNoP'],
    ['words', 'the customer got a bank transfer'],
    ['nothing', ''],
  ])('is not seen in %s', (_, text) => {
    expect(holdsCardNumber(text)).toBe(false);
  });

  test('takes a text of any kind, and no long time', () => {
    const startedMs = performance.now();
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 500 }),
        (text) => typeof holdsCardNumber(text) === 'boolean',
      ),
    );
    for (const text of ['1 '.repeat(250), '4'.repeat(500), '1   '.repeat(125), '4242 '.repeat(100)])
      for (let times = 0; times < 100; times += 1) holdsCardNumber(text);
    expect(performance.now() - startedMs).toBeLessThan(5_000);
  });
});

test('a SKU and an idempotency key may be such a number: one number in ten is', () => {
  expect(Sku.safeParse(cards[0]).success).toBe(true);
  const event = httpEvent({ headers: { 'idempotency-key': cards[0] ?? '' } });
  expect(foundBy(idempotencyKey(), event)).toEqual({ idempotencyKey: cards[0] });
});

test('free text is trimmed, and refused with a card’s number in it', () => {
  expect(FreeText.parse('  by bank transfer ')).toBe('by bank transfer');
  for (const text of ['', '   ', 'x'.repeat(501), '\ud800', `card ${cards[0]}`])
    expect(FreeText.safeParse(text).success, text).toBe(false);
});
