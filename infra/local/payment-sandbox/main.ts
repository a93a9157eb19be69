import { listeningHost } from '../listening.ts';
import { type PaymentSandbox, startPaymentSandbox } from './server.ts';
import type { Receiver } from './webhooks/webhooks.ts';

/**
 * The payment sandbox as a process, in the stage `local`: it takes any key and moves no money, so nobody may sell by it.
 * `PORT` (0 takes any free one) and `LEDGER_FILE` configure it, and `HOST` in a container. It sends webhooks to
 * `STRIPE_WEBHOOK_URL`, signed with `STRIPE_WEBHOOK_SECRET_KEY`. On SIGTERM or SIGINT, or when the parent that forked it is
 * gone, it finishes running requests and exits with 0.
 */
try {
  const sandbox = await startPaymentSandbox({
    port: readPort(process.env.PORT),
    host: listeningHost('payment sandbox', process.env),
    ledgerFile: readLedgerFile(process.env.LEDGER_FILE),
    receiver: readReceiver(process.env.STRIPE_WEBHOOK_URL, process.env.STRIPE_WEBHOOK_SECRET_KEY),
    onLedgerFailure: (error) => fail(`the ledger can no longer be written: ${error.message}`),
  });
  endWhenAsked(sandbox);
  console.log(`payment sandbox ready on ${sandbox.url}`);
} catch (error) {
  fail(explain(error));
}

function readPort(text: string | undefined): number {
  if (text !== undefined && /^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  throw new Error(`PORT must be a port number, not ${JSON.stringify(text)}`);
}

function readLedgerFile(path: string | undefined): string {
  if (path !== undefined && path !== '') return path;
  throw new Error('LEDGER_FILE must be the path of the ledger');
}

function readReceiver(url: string | undefined, secret: string | undefined): Receiver | undefined {
  if (!url) return undefined;
  if (!URL.canParse(url) || !/^https?:/.test(url))
    throw new Error('STRIPE_WEBHOOK_URL must be an address of HTTP');
  if (!secret) throw new Error('STRIPE_WEBHOOK_URL needs STRIPE_WEBHOOK_SECRET_KEY');
  return { url, secret };
}

function endWhenAsked(sandbox: PaymentSandbox): void {
  let ending = false;
  const end = () => {
    if (ending) return;
    ending = true;
    sandbox.close().then(
      () => process.exit(0),
      (error: unknown) => fail(explain(error)),
    );
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  if (process.send !== undefined) process.on('disconnect', end);
}

function explain(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return 'code' in error && error.code === 'EADDRINUSE'
    ? `port ${process.env.PORT} on 127.0.0.1 is already in use`
    : error.message;
}

function fail(reason: string): never {
  console.error(`payment sandbox: ${reason}`);
  process.exit(1);
}
