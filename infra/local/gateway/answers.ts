import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { application } from '../../application.ts';
import { completeGatewayResponses } from '../../aws/gateway-responses.ts';
import { projectDir } from '../project.ts';
import type { OwnAnswer } from './hapi.ts';

/** What API Gateway answers by itself. `type`: where the status alone does not tell. */
export interface Answered {
  readonly status: number;
  readonly type?: 'AUTHORIZER_FAILURE';
}

const GatewayResponse = z.object({
  Type: z.string(),
  Properties: z.looseObject({
    ResponseType: z.string().optional(),
    StatusCode: z.string().optional(),
    ResponseParameters: z.record(z.string(), z.string()).default({}),
    ResponseTemplates: z.record(z.string(), z.string()).default({}),
  }),
});

/**
 * The kind of each status, and API Gateway's message for it.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html
 */
const kinds: Readonly<Record<number, readonly [type: string, message: string]>> = {
  401: ['UNAUTHORIZED', 'Unauthorized'],
  403: ['ACCESS_DENIED', 'User is not authorized to access this resource'],
  404: ['MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token'],
  413: ['REQUEST_TOO_LARGE', 'HTTP content length exceeded 10485760 bytes.'],
  415: ['UNSUPPORTED_MEDIA_TYPE', 'Unsupported Media Type'],
  429: ['THROTTLED', 'Too Many Requests'],
  504: ['INTEGRATION_TIMEOUT', 'Endpoint request timed out'],
};

const kindOf = (status: number): readonly [type: string, message: string] =>
  kinds[status] ?? (status < 500 ? ['DEFAULT_4XX', 'Bad Request'] : ['DEFAULT_5XX', 'Internal server error']);

let known: ReadonlyMap<string, z.infer<typeof GatewayResponse>['Properties']> | undefined;

/** What API Gateway answers by itself, as infra/aws/api.yml has it, for the saga that runs. */
export function gatewayAnswer({ status, type }: Answered): OwnAnswer {
  known ??= readResponses();
  const [ofStatus, message] = kindOf(status);
  const response = known.get(type ?? ofStatus) ?? known.get(status < 500 ? 'DEFAULT_4XX' : 'DEFAULT_5XX');
  if (response === undefined) throw new Error('infra/aws/api.yml has no DEFAULT_4XX or no DEFAULT_5XX');
  const headers = Object.entries(response.ResponseParameters).map(([name, value]) => [
    name.replace('gatewayresponse.header.', '').toLowerCase(),
    ofThisSaga(value.replaceAll(/^'|'$/g, '')),
  ]);
  const template = response.ResponseTemplates['application/json'] ?? '{}';
  return {
    status: Number(response.StatusCode ?? status),
    headers: Object.fromEntries(headers),
    body: ofThisSaga(template.replace('$context.error.messageString', () => JSON.stringify(message))),
  };
}

function readResponses() {
  const { Resources } = z
    .object({ Resources: z.record(z.string(), GatewayResponse) })
    .parse(parse(readFileSync(join(projectDir, 'infra/aws/api.yml'), 'utf8')));
  completeGatewayResponses(Resources);
  return new Map(
    Object.values(Resources).map(({ Properties }) => [Properties.ResponseType ?? '', Properties]),
  );
}

/** The file is the shop's, and its problems have the shop's name. */
const ofThisSaga = (text: string): string => text.replaceAll('order-saga', application.name);
