import type { IncomingMessage, ServerResponse } from 'node:http';
import type * as z from 'zod';
import { REPLY_HEADERS } from '../../../../engine/http/reply-headers.ts';
import { refuse } from '../proxy.ts';
import { Refusal } from './refusal.ts';
import { isOwnPage, presented } from './token.ts';

/** The controls are below this path of the console's port. */
export const CONTROLS = '/controls/';

const MAX_BODY_BYTES = 4_096;

/** What a control does with a body that it has checked. What it answers is sent as JSON. */
export interface Control {
  /** The schema of the body; undefined for what is only read. */
  readonly body?: z.ZodType;
  readonly run: (body: unknown) => Promise<unknown>;
}

export type Controls = Readonly<Record<string, Control>>;

/** Answers a request to a path below /controls/, whose Host and Origin are checked. */
export type ControlsRouter = (
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
) => Promise<void>;

/**
 * The router of the controls, for the console's own page alone. The page is given the token at `token`; everything else needs it: a
 * page that got here by a hole in the checks, or an older page, has none. No address and no line of a log has it.
 */
export const controlsRouter =
  (token: string, controls: Controls): ControlsRouter =>
  async (request, response, name) => {
    if (!isOwnPage(request)) {
      request.resume();
      return refuse(response, 403, 'Forbidden', 'Only the console’s own page may call this path.');
    }
    const control =
      name === 'token'
        ? { run: async () => ({ token }) }
        : Object.hasOwn(controls, name)
          ? controls[name]
          : undefined;
    const refusal = refusalOf(request, name, token, control);
    if (refusal !== undefined || control === undefined) {
      request.resume();
      const [status, title, detail] = refusal ?? [404, 'Not Found', 'There is no such control.'];
      if (status === 401) response.setHeader('www-authenticate', 'Bearer');
      if (status === 405) response.setHeader('allow', methodOf(control));
      return refuse(response, status, title, detail);
    }
    try {
      const body = control.body === undefined ? undefined : checked(control.body, await bodyOf(request));
      const answer = JSON.stringify((await control.run(body)) ?? {});
      response.writeHead(200, { ...REPLY_HEADERS, 'content-type': 'application/json' }).end(answer);
    } catch (error) {
      request.resume();
      if (!(error instanceof Refusal)) throw error;
      refuse(response, error.status, error.title, error.message);
    } finally {
      if (control.body === undefined) request.resume();
    }
  };

const methodOf = (control: Pick<Control, 'body'> | undefined): string =>
  control?.body === undefined ? 'GET' : 'POST';

/** Why a request is refused before its body is read. */
function refusalOf(
  request: IncomingMessage,
  name: string,
  token: string,
  control: Pick<Control, 'body'> | undefined,
): readonly [number, string, string] | undefined {
  if (name !== 'token') {
    const said = presented(request, token);
    if (said === 'missing') return [401, 'Unauthorized', 'The controls need the token of this start.'];
    if (said === 'wrong') return [403, 'Forbidden', 'This token is of another start. Load the page anew.'];
  }
  if (control === undefined) return undefined;
  if (request.method !== methodOf(control))
    return [405, 'Method Not Allowed', `This is asked with ${methodOf(control)}.`];
  if (control.body !== undefined && !/^application\/json\b/i.test(request.headers['content-type'] ?? ''))
    return [415, 'Unsupported Media Type', 'The body has to be application/json.'];
  return undefined;
}

async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes <= MAX_BODY_BYTES) chunks.push(chunk);
  }
  if (bytes > MAX_BODY_BYTES)
    throw new Refusal(413, 'Content Too Large', `A body has at most ${MAX_BODY_BYTES} bytes.`);
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    throw new Refusal(422, 'Unprocessable Content', 'The body is not JSON.');
  }
}

/** @throws Refusal that names each flaw */
function checked(schema: z.ZodType, body: unknown): unknown {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const flaws = parsed.error.issues.map(({ path, message }) => `/${path.join('/')}: ${message}`);
  throw new Refusal(422, 'Unprocessable Content', flaws.join('; '));
}
