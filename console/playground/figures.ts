import type { Money, StockRow, Verdict } from './wire.ts';

/** A sign and words for what a meter says: never colour alone. */
export const VERDICTS: Readonly<Record<Verdict, readonly [sign: string, words: string]>> = {
  holds: ['✓', 'holds'],
  moves: ['…', 'moving'],
  broken: ['✕', 'does not hold'],
};

const SEVERITY: readonly Verdict[] = ['holds', 'moves', 'broken'];

/** What is said of all of them: the worst that is said of one. */
export const worstOf = (verdicts: readonly Verdict[]): Verdict =>
  SEVERITY[Math.max(0, ...verdicts.map((each) => SEVERITY.indexOf(each)))] ?? 'holds';

/** A sum as people read it; in minor units where there is more than one currency, or none yet. */
export function amountText(minor: number, currency: string | undefined): string {
  if (currency === undefined) return `${minor} (minor units)`;
  const format = new Intl.NumberFormat('en', { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(minor / 10 ** digits);
}

/** `500 = 498 + 2` */
export const stockText = ({ initial, available, held }: StockRow): string =>
  `${initial ?? '?'} ${initial === undefined || initial === available + held ? '=' : '≠'} ${available} + ${held}`;

/** `captured €25.80 − refunded €0.00 = confirmed €25.80`, and what is under way besides. */
export function moneyText(money: Money): string {
  const { captured, refunded, confirmed, underWay, byHand, currency } = money;
  const text = (minor: number) => amountText(minor, currency);
  const isEqual = captured - refunded === confirmed + underWay + byHand;
  return [
    `captured ${text(captured)} − refunded ${text(refunded)}`,
    isEqual ? '=' : '≠',
    `confirmed ${text(confirmed)}`,
    ...(underWay === 0 ? [] : [`+ under way ${text(underWay)}`]),
    ...(byHand === 0 ? [] : [`+ by people ${text(byHand)}`]),
  ].join(' ');
}
