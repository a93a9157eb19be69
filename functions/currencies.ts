/**
 * The currencies that Stripe charges a card in, and the smallest step of an amount in each.
 * https://docs.stripe.com/currencies
 */

/** An amount counts whole units: 500 is ¥500. */
const zeroDecimal = 'BIF CLP DJF GNF JPY KMF KRW MGA PYG RWF VND VUV XAF XOF XPF';

const twoDecimal = `
  USD AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BRL BSD BWP BYN BZD CAD CDF CHF CNY COP CRC CVE
  CZK DKK DOP DZD EGP ETB EUR FJD FKP GBP GEL GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR JMD KES KGS KHR KYD KZT LAK LBP
  LKR LRD LSL MAD MDL MKD MMK MNT MOP MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD
  RUB SAR SBD SCR SEK SGD SHP SLE SOS SRD STD SZL THB TJS TOP TRY TTD TWD TZS UAH UYU UZS WST XCD YER ZAR ZMW`;

/** An amount counts thousandths, and card networks know hundredths only: 5.120 KWD is 5120. */
const threeDecimal = 'BHD JOD KWD OMR TND';

/** An amount counts hundredths, although there are only whole units: 5 ISK is 500. */
const wholeUnits = 'ISK UGX';

const stepOf = new Map<string, number>(
  (
    [
      [zeroDecimal, 1],
      [twoDecimal, 1],
      [threeDecimal, 10],
      [wholeUnits, 100],
    ] as const
  ).flatMap(([codes, stepMinor]) =>
    codes
      .trim()
      .split(/\s+/)
      .map((code) => [code, stepMinor] as const),
  ),
);

/** ISO 4217, upper case. */
export const chargeableCurrencies: readonly string[] = [...stepOf.keys()];

/**
 * What an amount in this currency must be a multiple of, in minor units. Sums and multiples of such amounts are
 * chargeable, too. Undefined if Stripe does not charge in it.
 *
 * @param currency ISO 4217, upper case
 */
export const chargeStepMinor = (currency: string): number | undefined => stepOf.get(currency);

interface Price {
  readonly unitPriceMinor: number;
  readonly currency: string;
}

/** Why no card can be charged such a price, and what to do; undefined if one can. */
export function flawOfPrice({
  unitPriceMinor,
  currency,
}: Price): { readonly member: keyof Price; readonly message: string } | undefined {
  const stepMinor = chargeStepMinor(currency);
  if (stepMinor === undefined)
    return {
      member: 'currency',
      message: `Stripe does not charge in ${currency}: use a currency of https://docs.stripe.com/currencies`,
    };
  const beyond = unitPriceMinor % stepMinor;
  if (beyond === 0) return undefined;
  const nearest = Math.max(unitPriceMinor - beyond, stepMinor);
  return {
    member: 'unitPriceMinor',
    message: `${currency} has no coin so small: use a multiple of ${stepMinor}, for example ${nearest}`,
  };
}
