import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { REPLY_HEADERS } from '../../../engine/http/reply-headers.ts';
import { allowedIn, forCallers } from '../callers.ts';
import { type Answer, Ledger, type Request } from './ledger.ts';

const Asked = z.looseObject({ unwanted: z.boolean().default(false) });

const SLOW_MS = 2_000;

/**
 * A local stand-in for the external service of a step: `PUT /{sagaId}` asks, `DELETE /{sagaId}` undoes, `GET /ledger`
 * shows everything. Asking again gives the same answer. A request with a member `refused` is refused, and one with
 * `slow` is answered after two seconds. One with `never` has no answer until it is unwanted; then it is withdrawn.
 */
export function outsideSandbox(file: string): Server {
  const ledger = new Ledger(file);
  const answerTo: RequestListener = (message, response) => {
    for (const [name, value] of Object.entries(REPLY_HEADERS)) response.setHeader(name, value);
    reply(message, ledger).then(
      (answer) => {
        if (answer !== undefined) response.end(JSON.stringify(answer));
      },
      (error: unknown) => {
        response.statusCode = error instanceof SyntaxError || error instanceof z.ZodError ? 400 : 500;
        response.end(JSON.stringify({ error: String(error) }));
      },
    );
  };
  return createServer(forCallers(allowedIn(process.env), answerTo));
}

/** Undefined: it never answers. */
async function reply(message: IncomingMessage, ledger: Ledger): Promise<object | undefined> {
  const sagaId = (message.url ?? '').slice(1);
  if (message.method === 'GET') return ledger.book;
  if (message.method === 'DELETE') {
    ledger.undo(sagaId);
    return {};
  }
  const { unwanted, ...request } = Asked.parse(JSON.parse(await text(message)));
  const says = (word: string) => Object.values(request).includes(word);
  const isKnown = ledger.book[sagaId] !== undefined;
  if (says('never') && !unwanted && !isKnown) return undefined;
  if (says('slow') && !isKnown) await delay(SLOW_MS);
  return ledger.answer(sagaId, request, () => decide(sagaId, request, unwanted));
}

function decide(sagaId: string, request: Request, unwanted: boolean): Answer {
  if (unwanted) return { refused: { code: 'WITHDRAWN', message: 'Nobody wanted it any more.' } };
  if (Object.values(request).includes('refused'))
    return { refused: { code: 'REFUSED', message: 'The request says so.' } };
  return { done: { reference: createHash('sha256').update(sagaId).digest('hex').slice(0, 8) } };
}
