/**
 * The smallest charge in each currency that Stripe settles in, in minor units. Stripe compares a charge in another currency
 * after conversion; the sandbox knows no rates, and takes any amount in those.
 * https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
 */
const minimumsMinor: Readonly<Record<string, number>> = {
  usd: 50,
  aed: 200,
  ars: 50,
  aud: 50,
  brl: 50,
  cad: 50,
  chf: 50,
  cop: 50,
  czk: 1_500,
  dkk: 250,
  eur: 50,
  gbp: 30,
  hkd: 400,
  huf: 17_500,
  idr: 50,
  ils: 50,
  inr: 50,
  jpy: 50,
  krw: 50,
  mxn: 1_000,
  myr: 200,
  nok: 300,
  nzd: 50,
  php: 50,
  pln: 200,
  ron: 200,
  rub: 50,
  sek: 300,
  sgd: 50,
  thb: 1_000,
  zar: 50,
};

/** @param currency ISO 4217, lower case */
export const minimumMinor = (currency: string): number => minimumsMinor[currency] ?? 1;
