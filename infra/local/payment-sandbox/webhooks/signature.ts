import { createHmac } from 'node:crypto';

/** The header `Stripe-Signature` of a body: https://docs.stripe.com/webhooks#verify-manually */
export function signatureOf(body: string, secret: string, epochSeconds: number): string {
  const v1 = createHmac('sha256', secret).update(`${epochSeconds}.${body}`).digest('hex');
  return `t=${epochSeconds},v1=${v1}`;
}
