import { describe, expect, test } from 'vitest';
import { ofType, propertiesOf } from '../support/aws/production.ts';

/** Goal: the API's stage, its answers and its limits are what was decided. Method: reads the packaged template. */
describe('the API', () => {
  test('is deployed after what it answers itself, which would else wait for the next deployment', () => {
    const [, deployment] = ofType('AWS::ApiGateway::Deployment')[0] ?? [];
    const ids = ofType('AWS::ApiGateway::GatewayResponse').map(([id]) => id);
    expect(ids.length).toBeGreaterThan(5);
    expect(deployment?.DependsOn).toEqual(expect.arrayContaining(ids));
  });

  test('has one stage, with an access log and throttling, on the deployment', () => {
    const [[, deployment] = ['', {}]] = ofType('AWS::ApiGateway::Deployment');
    expect(deployment).not.toHaveProperty('Properties.StageName');
    const [[, stage] = ['', {}], ...others] = propertiesOf('AWS::ApiGateway::Stage');
    expect(others).toEqual([]);
    expect(stage).toMatchObject({
      StageName: 'prod',
      AccessLogSetting: { DestinationArn: { 'Fn::GetAtt': ['ApiAccessLog', 'Arn'] } },
      MethodSettings: [
        {
          ...{ ResourcePath: '/*', HttpMethod: '*', ThrottlingRateLimit: 200 },
          // Each method's own metrics cost as much as the alarms.
          MetricsEnabled: false,
        },
      ],
    });
    expect(JSON.parse(String(stage.AccessLogSetting?.Format))).toMatchObject({ status: '$context.status' });
  });

  test('answers problem details also where no function is asked', () => {
    const responses = propertiesOf('AWS::ApiGateway::GatewayResponse');
    const types = responses.map(([, { ResponseType }]) => ResponseType);
    expect(types).toEqual(
      expect.arrayContaining([
        'DEFAULT_4XX',
        'DEFAULT_5XX',
        'INTEGRATION_FAILURE',
        'UNAUTHORIZED',
        'THROTTLED',
        'REQUEST_TOO_LARGE',
      ]),
    );
    for (const [, { ResponseParameters, ResponseTemplates }] of responses) {
      expect(ResponseParameters['gatewayresponse.header.Content-Type']).toBe("'application/problem+json'");
      const body = ResponseTemplates['application/json'].replace('$context.error.messageString', '"why"');
      expect(JSON.parse(body)).toMatchObject({
        type: expect.stringMatching(/^urn:order-saga:problem:/),
        detail: 'why',
      });
    }
  });

  // Fails where the gateway refuses for a flood, and nobody is told when to come again.
  test('says when to come again, wherever that may help', () => {
    const responses = propertiesOf('AWS::ApiGateway::GatewayResponse');
    const passing = responses.filter(
      ([, { StatusCode, ResponseType }]) =>
        /^(?:429|5)/.test(StatusCode ?? '') || ResponseType === 'DEFAULT_5XX',
    );
    expect(passing.map(([, { ResponseType }]) => String(ResponseType)).toSorted()).toEqual([
      'AUTHORIZER_FAILURE',
      'DEFAULT_5XX',
      'INTEGRATION_FAILURE',
      'THROTTLED',
    ]);
    for (const [, { ResponseParameters }] of passing)
      expect(ResponseParameters['gatewayresponse.header.Retry-After']).toMatch(/^'[1-9]\d*'$/);
  });
});
