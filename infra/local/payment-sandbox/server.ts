import { createServer, type Server } from 'node:http';
import { allowedIn, forCallers } from '../callers.ts';
import { Exchange } from './exchange.ts';
import { Bookkeeping } from './ledger/bookkeeping.ts';
import { openJournal } from './ledger/journal.ts';
import { Ledger } from './ledger/ledger.ts';
import type { LedgerRecord } from './ledger/ledger-record.ts';
import { defaultSettings, type Settings } from './settings.ts';
import { type Receiver, Webhooks } from './webhooks/webhooks.ts';

const LOOPBACK = '127.0.0.1';
/** Longer than clients keep idle connections, so the server never closes one that a client is about to reuse. */
const KEEP_ALIVE_MS = 65_000;

export interface PaymentSandbox {
  readonly url: string;
  /** Finishes running requests, drops hanging ones, and closes the ledger. */
  close(): Promise<void>;
}

export interface PaymentSandboxOptions {
  /** 0 takes any free port. */
  readonly port: number;
  /** By default the loopback interface; a container needs another. */
  readonly host?: string;
  readonly ledgerFile: string;
  readonly settings?: Partial<Settings>;
  /** Without one there are no webhooks. */
  readonly receiver?: Receiver | undefined;
  /** Called when the ledger can no longer be written. The sandbox then answers 500. */
  readonly onLedgerFailure?: (error: Error) => void;
}

/**
 * Starts the Stripe-compatible payment sandbox. It takes the port before it opens the ledger, so a second sandbox
 * started by mistake cannot cut a line that the first is writing.
 */
export async function startPaymentSandbox(options: PaymentSandboxOptions): Promise<PaymentSandbox> {
  const ready = Promise.withResolvers<Exchange>();
  const server = createServer(
    forCallers(allowedIn(process.env), (request, response) => {
      ready.promise.then((exchange) => exchange.handle(request, response)).catch(() => response.destroy());
    }),
  );
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  await listen(server, options.port, options.host ?? LOOPBACK);
  try {
    const ledger = new Ledger();
    const journal = await openJournal<LedgerRecord>(
      options.ledgerFile,
      (record) => ledger.apply(record),
      options.onLedgerFailure ?? (() => {}),
    );
    const settings = { ...defaultSettings, ...options.settings };
    const webhooks = options.receiver && new Webhooks(options.receiver, settings);
    const books = new Bookkeeping(ledger, journal, settings, webhooks);
    const exchange = new Exchange(books, journal, settings);
    books.resume();
    ready.resolve(exchange);
    return { url: urlOf(server), close: () => exchange.close(server) };
  } catch (error) {
    ready.promise.catch(() => {});
    ready.reject(error);
    server.close();
    server.closeAllConnections();
    throw error;
  }
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server): string {
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the payment sandbox has no port');
  return `http://${LOOPBACK}:${address.port}`;
}
