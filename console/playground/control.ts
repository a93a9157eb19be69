import { Failure, failureOf } from '../asking/failure.ts';
import { hold } from '../asking/poll.ts';
import type { ActBodies, Meters, PlaygroundState } from './wire.ts';

interface Reads {
  readonly state: PlaygroundState;
  readonly meters: Meters;
}

/** The token of the controls: in the memory of this page, and nowhere else. */
let token: Promise<string> | undefined;

async function send(name: string, init: RequestInit): Promise<unknown> {
  let reply: Response;
  try {
    reply = await fetch(`/controls/${name}`, init);
  } catch {
    throw new Failure('The console’s server does not answer. Does npm start still run?');
  }
  const said: unknown = await reply.json().catch(() => undefined);
  if (!reply.ok) throw failureOf(reply.status, said, null);
  return said;
}

/** With the token, which another start of the system has made anew. */
async function call(name: string, body?: unknown): Promise<unknown> {
  const once = async (): Promise<unknown> => {
    token ??= send('token', {}).then((said) => (said as { readonly token: string }).token);
    const authorization = `Bearer ${await token}`;
    return await send(
      name,
      body === undefined
        ? { headers: { authorization } }
        : {
            method: 'POST',
            headers: { authorization, 'content-type': 'application/json' },
            body: JSON.stringify(body),
          },
    );
  };
  const used = token;
  try {
    return await once();
  } catch (error) {
    token = undefined;
    const isOld = used !== undefined && error instanceof Failure && error.status === 403;
    if (!isOld) throw error;
    return await once();
  }
}

export const read = async <Name extends keyof Reads>(name: Name): Promise<Reads[Name]> =>
  (await call(name)) as Reads[Name];

/** Does something, and has all that is shown asked anew. @throws Failure */
export async function act<Name extends keyof ActBodies>(name: Name, body: ActBodies[Name]): Promise<unknown> {
  try {
    return await call(name, body);
  } finally {
    hold()();
  }
}
