import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import * as z from 'zod';
import { projectDir } from '../local/project.ts';

/** A problem that API Gateway or WAF answers, and no function. */
export interface GatewayProblem {
  /** `4XX` and `5XX`: any other one of these. */
  readonly status: string;
  readonly type: string;
  readonly title: string;
  readonly isOfToken: boolean;
  /** WAF can send its own answers as plain JSON only. */
  readonly isPlainJson: boolean;
}

const Resources = z.object({
  Resources: z.record(
    z.string(),
    z.looseObject({
      Properties: z.looseObject({
        ResponseType: z.string().optional(),
        StatusCode: z.string().optional(),
        ResponseTemplates: z.object({ 'application/json': z.string() }).optional(),
        CustomResponseBodies: z.record(z.string(), z.object({ Content: z.string() })).optional(),
      }),
    }),
  ),
});

const read = (file: string) =>
  Object.values(Resources.parse(parse(readFileSync(join(projectDir, file), 'utf8'))).Resources).map(
    ({ Properties }) => Properties,
  );

/** Not of any route: the request had none. */
const NO_ROUTE = 'MISSING_AUTHENTICATION_TOKEN';
const ofTokens = ['UNAUTHORIZED', 'ACCESS_DENIED', 'AUTHORIZER_FAILURE'];
const RANGES: Readonly<Record<string, string>> = { DEFAULT_4XX: '4XX', DEFAULT_5XX: '5XX' };

/** As infra/aws/api.yml and infra/aws/firewall.yml have them. */
export function gatewayProblems(): readonly GatewayProblem[] {
  const answered = read('infra/aws/api.yml').flatMap(
    ({ ResponseType = '', StatusCode, ResponseTemplates }) => {
      const status = StatusCode ?? RANGES[ResponseType];
      if (status === undefined || ResponseTemplates === undefined || ResponseType === NO_ROUTE) return [];
      const isOfToken = ofTokens.includes(ResponseType);
      return [{ ...problemIn(ResponseTemplates['application/json']), status, isOfToken, isPlainJson: false }];
    },
  );
  const blocked = read('infra/aws/firewall.yml').flatMap(({ CustomResponseBodies = {} }) =>
    Object.values(CustomResponseBodies).map(({ Content }) => {
      const [, status = ''] = /"status":(\d+)/.exec(Content) ?? [];
      return { ...problemIn(Content), status, isOfToken: false, isPlainJson: true };
    }),
  );
  return [...answered, ...blocked];
}

function problemIn(template: string) {
  const [, type = '', title = ''] = /"type":"([^"]+)","title":"([^"]+)"/.exec(template) ?? [];
  return { type, title };
}
