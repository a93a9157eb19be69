import type { Challenge } from './scenario.ts';

/** Answers as the customer would, at the payment sandbox's page. Resolves with the page's HTTP status. */
export const bankAt =
  (address: string) =>
  async ({ clientSecret, outcome }: Challenge['challenge']): Promise<number> => {
    const { status } = await fetch(`${address}/challenge`, {
      method: 'POST',
      body: new URLSearchParams({ client_secret: clientSecret, outcome }),
      signal: AbortSignal.timeout(5_000),
    });
    return status;
  };
