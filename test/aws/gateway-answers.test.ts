import { expect, test } from 'vitest';
import { gatewayAnswers } from '../attack/gateway.ts';
import { propertiesOf } from '../support/aws/production.ts';

/** Goal: AWS answers by itself as the laptop does. Method: the list that the laptop is asked, read in the packaged template. */
const responses = propertiesOf('AWS::ApiGateway::GatewayResponse').map(([, properties]) => properties);

test.each(gatewayAnswers.map((each) => [each.name, each] as const))(
  '%s is answered on AWS as on a laptop',
  (_, { kind, expected }) => {
    const response = responses.find(({ ResponseType }) => ResponseType === kind);
    // Without a status of its own it keeps the one that it has.
    expect([undefined, String(expected.status)]).toContain(response?.StatusCode);
    const { type } = JSON.parse(
      response?.ResponseTemplates['application/json'].replace('$context.error.messageString', '"why"'),
    );
    if (expected.type !== 'bodyless') expect(type).toBe(`urn:order-saga:problem:${expected.type}`);
    expect(response?.ResponseParameters).toMatchObject({
      'gatewayresponse.header.Content-Type': "'application/problem+json'",
      'gatewayresponse.header.cache-control': "'no-store'",
      'gatewayresponse.header.x-content-type-options': "'nosniff'",
      ...(expected.status === 401
        ? { 'gatewayresponse.header.WWW-Authenticate': '\'Bearer realm="order-saga"\'' }
        : {}),
    });
  },
);
