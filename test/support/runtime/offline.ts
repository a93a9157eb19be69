import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Local } from './local.ts';
import { type Answer, FunctionError } from './runtime-api.ts';

/** Has serverless-offline run a function. */
export async function offline(
  { lambdaUrl, environment }: Local,
  name: string,
  event: object,
): Promise<Answer> {
  const client = new LambdaClient({
    endpoint: lambdaUrl,
    region: environment.AWS_REGION ?? '',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
    maxAttempts: 1,
  });
  try {
    const command = new InvokeCommand({
      FunctionName: `order-saga-local-${name}`,
      Payload: JSON.stringify(event),
    });
    const { Payload, FunctionError: kind } = await client.send(command);
    const text = Payload?.transformToString() ?? '';
    const answer: unknown = text === '' ? null : JSON.parse(text);
    return kind === undefined ? { answer } : { error: FunctionError.parse(answer) };
  } finally {
    client.destroy();
  }
}
