import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { CALL_TIMEOUT_MS } from '../../engine/batch/time-left.ts';
import { isPublic } from './address.ts';
import type { SignedHeaders } from './signature.ts';

/** A webhook was not delivered. The message is a word of ours: nothing of the subscriber's answer is kept or logged. */
export class DeliveryError extends Error {
  override readonly name = 'DeliveryError';
  /** Nobody has answered in time, so that the next one would wait as long. */
  readonly isSlow: boolean;

  constructor(reason: string, isSlow = false) {
    super(reason);
    this.isSlow = isSlow;
  }
}

/** Sends one webhook. @throws DeliveryError */
export type Post = (url: string, body: string, headers: SignedHeaders) => Promise<void>;

/** What Node's lookup of a name answers: one address, or all of them. */
type Found = (error: Error | null, address: string | LookupAddress[], family?: number) => void;

/**
 * Sends a webhook within `CALL_TIMEOUT_MS`, whatever the subscriber does. A status of 2xx says that it has it. Of the answer
 * nothing else is read, and no redirect is followed. On a laptop it may go anywhere (`isLocal`), elsewhere only over TLS and to
 * the internet. Each address that is connected to is checked, so a name that leads inside later is of no use.
 */
export const post =
  (isLocal: boolean): Post =>
  async (url, body, headers) => {
    const { protocol, hostname } = new URL(url);
    if (!isLocal && protocol !== 'https:') throw new DeliveryError('it has no https');
    const host = hostname.replace(/^\[|\]$/g, '');
    // A name is looked up, an address is not.
    if (!isLocal && isIP(host) !== 0 && !isPublic(host)) throw notOutside();
    const signal = AbortSignal.timeout(CALL_TIMEOUT_MS);
    const send = protocol === 'https:' ? httpsRequest : httpRequest;
    const status = await new Promise<number>((resolve, reject) => {
      const call = send(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...headers,
        },
        // Nothing of one call is left to another, as a subscriber may close its end at any time.
        agent: false,
        signal,
        ...(isLocal ? {} : { lookup: lookUpOutside }),
      });
      call.on('response', (answer) => {
        answer.on('error', () => {});
        // Before anything of its content is read, however much there is.
        call.destroy();
        resolve(answer.statusCode ?? 0);
      });
      // An answer that is no HTTP from here on. https://nodejs.org/api/http.html#event-upgrade
      call.on('upgrade', ({ statusCode = 0 }, socket) => {
        socket.destroy();
        resolve(statusCode);
      });
      // Whatever else ends a call without an answer.
      call.on('close', () => reject(new DeliveryError('no answer')));
      call.on('error', (error) => reject(asDeliveryError(error, signal.aborted)));
      call.end(body);
    });
    if (status < 200 || status > 299) throw new DeliveryError(`status ${status}`);
  };

/** A name's addresses, if all are on the internet: https://nodejs.org/api/net.html#socketconnectoptions-connectlistener */
function lookUpOutside(name: string, options: LookupOptions, found: Found): void {
  lookup(name, { ...options, all: true }, (error, addresses) => {
    const [first] = addresses ?? [];
    if (error !== null) found(error, '');
    else if (first === undefined || !addresses.every(({ address }) => isPublic(address)))
      found(notOutside(), '');
    else if (options.all) found(null, addresses);
    else found(null, first.address, first.family);
  });
}

const notOutside = () => new DeliveryError('its address is not on the internet');

function asDeliveryError(error: Error, isLate: boolean): DeliveryError {
  if (error instanceof DeliveryError) return error;
  if (isLate) return new DeliveryError('no answer in time', true);
  const { code } = error as NodeJS.ErrnoException;
  return new DeliveryError(code !== undefined && /^[A-Z0-9_]{1,50}$/.test(code) ? code : 'no connection');
}
