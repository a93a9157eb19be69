/**
 * The first digits of the networks that issue cards of 14 to 19 digits: Visa, Mastercard, American Express, Diners Club,
 * Discover, UnionPay, JCB, Maestro, Mir, RuPay. https://en.wikipedia.org/wiki/Payment_card_number
 */
const NETWORKS =
  /^(?:4|5[1-5]|2[2-7]|3[47]|30[0-5]|309|3[689]|35|6011|64[4-9]|65|62|81|5018|5020|5038|5893|6304|6759|676[1-3]|60|508)/;

const MIN_DIGITS = 14;
const MAX_DIGITS = 19;

/**
 * Whether a text has a card's number in it, in one piece or in groups. One number in ten of that length passes Luhn's check, so
 * this suits what people write, where such numbers are rare, and not keys of a catalogue.
 */
export function holdsCardNumber(text: string): boolean {
  // Also other scripts' digits of full width, and spaces that do not break.
  const runs = text.normalize('NFKC').match(/\d+(?:[\s\p{Cf}._–-]{1,3}\d+)*/gu) ?? [];
  return runs.some((run) => holdsCard(run.match(/\d+/g) ?? []));
}

/** Any neighbouring groups may be the number: an amount may stand before it. */
const holdsCard = (groups: readonly string[]): boolean =>
  groups.some((_, first) => {
    let digits = '';
    for (const group of groups.slice(first)) {
      digits += group;
      if (digits.length > MAX_DIGITS) return false;
      if (isCard(digits)) return true;
    }
    return false;
  });

const isCard = (digits: string): boolean =>
  digits.length >= MIN_DIGITS && NETWORKS.test(digits) && passesLuhn(digits);

/** ISO/IEC 7812-1, annex B: every second digit from the right counts double. */
function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (const [place, digit] of digits.split('').toReversed().entries()) {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
