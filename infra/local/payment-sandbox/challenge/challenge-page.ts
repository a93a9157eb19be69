import type { PaymentIntent } from '../payments/payment-intent.ts';

export interface Page {
  readonly status: number;
  readonly html: string;
}

/** No scripts, and forms go to the sandbox alone. */
export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': "default-src 'none'; form-action 'self'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
  'X-Content-Type-Options': 'nosniff',
  // With `no-referrer` a browser would send the form with the origin `null`: https://fetch.spec.whatwg.org/#origin-header
  'Referrer-Policy': 'same-origin',
};

export const challengePage = ({ amountMinor, currency, paymentMethod, clientSecret }: PaymentIntent): Page =>
  page(
    200,
    `<p>Do you want to pay ${amountMinor} in the smallest unit of ${escaped(currency)} with ${escaped(paymentMethod ?? '')}?</p>
<form method="post" action="/challenge">
<input type="hidden" name="client_secret" value="${escaped(clientSecret ?? '')}">
<button name="outcome" value="approve">Approve</button>
<button name="outcome" value="fail">Fail</button>
</form>`,
  );

export const resultPage = (status: number, text: string): Page => page(status, `<p>${escaped(text)}</p>`);

const page = (status: number, body: string): Page => ({
  status,
  html: `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>3-D Secure</title></head>
<body><h1>3-D Secure</h1>
${body}
</body></html>
`,
});

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};
const escaped = (text: string): string => text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
