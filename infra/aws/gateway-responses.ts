import { REPLY_HEADERS } from '../../engine/http/reply-headers.ts';

type Resource = { readonly Type: string; readonly Properties: Record<string, unknown> };

/** Gives what API Gateway answers by itself the headers that a function gives its replies. */
export function completeGatewayResponses(resources: Readonly<Record<string, Resource>>): void {
  for (const { Type, Properties } of Object.values(resources)) {
    if (Type !== 'AWS::ApiGateway::GatewayResponse') continue;
    Properties.ResponseParameters = { ...commonParameters, ...(Properties.ResponseParameters ?? {}) };
  }
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-gatewayResponse-definition.html */
const commonParameters = Object.fromEntries(
  Object.entries(REPLY_HEADERS).map(([name, value]) => [`gatewayresponse.header.${name}`, `'${value}'`]),
);
