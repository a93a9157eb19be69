import type { IncomingMessage } from 'node:http';
import { invalidRequest } from './answers.ts';

const MAX_BODY_BYTES = 64 * 1024;

export function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    request.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length <= MAX_BODY_BYTES) chunks.push(chunk);
      else reject(invalidRequest(`The request body exceeds ${MAX_BODY_BYTES} bytes.`, { status: 413 }));
    });
    request.on('end', () => resolve(Buffer.concat(chunks)));
    request.on('error', reject);
    request.on('close', () => reject(invalidRequest('The client hung up before its request was complete.')));
  });
}

/** Parameters are form-encoded: https://docs.stripe.com/api. */
export async function readFormBody(request: IncomingMessage): Promise<Buffer> {
  const body = await readBody(request);
  const type = request.headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  if (body.length > 0 && type !== 'application/x-www-form-urlencoded') {
    throw invalidRequest(
      'Invalid request (check that your POST content type is application/x-www-form-urlencoded).',
    );
  }
  return body;
}
