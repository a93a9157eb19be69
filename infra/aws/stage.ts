type Resource = { Type: string; DependsOn?: unknown; Properties: Record<string, unknown> };

/** Requests a second of each method: what a stage sets for all of them holds for each by itself. */
const RATE_LIMIT = 200;

/** One JSON line for each request; who called, but neither token nor body. */
const accessLogFormat = JSON.stringify({
  requestId: '$context.requestId',
  time: '$context.requestTime',
  method: '$context.httpMethod',
  path: '$context.path',
  status: '$context.status',
  caller: '$context.authorizer.principalId',
  ip: '$context.identity.sourceIp',
  latencyMs: '$context.responseLatency',
  error: '$context.error.message',
});

/**
 * The API's stage as a resource of its own. The framework makes it along with the deployment, where it can have
 * neither an access log nor throttling that survive the next one.
 * https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-apigateway-stage.html
 */
export function stageOf(
  resources: Record<string, Resource>,
  stage: string,
  burstLimit: number = RATE_LIMIT,
): Record<string, Resource> {
  const [deploymentId, deployment] =
    Object.entries(resources).find(([, { Type }]) => Type === 'AWS::ApiGateway::Deployment') ?? [];
  if (deploymentId === undefined || deployment === undefined) return {};
  const { RestApiId, StageName } = deployment.Properties;
  delete deployment.Properties.StageName;
  const methodSettings = {
    HttpMethod: '*',
    ResourcePath: '/*',
    // By method and path, at the price of custom metrics. What the alarm wants is there without them.
    MetricsEnabled: false,
    LoggingLevel: 'OFF',
    DataTraceEnabled: false,
    ThrottlingRateLimit: RATE_LIMIT,
    // More than a function may be at once would be refused by Lambda, as an error of ours.
    // https://docs.aws.amazon.com/lambda/latest/dg/services-apigateway.html#services-apigateway-errors
    ThrottlingBurstLimit: burstLimit,
  };
  return {
    ApiAccessLog: {
      Type: 'AWS::Logs::LogGroup',
      Properties: { LogGroupName: `/aws/api-gateway/order-saga-${stage}`, RetentionInDays: 30 },
    },
    ApiStage: {
      Type: 'AWS::ApiGateway::Stage',
      Properties: {
        RestApiId,
        StageName,
        DeploymentId: { Ref: deploymentId },
        AccessLogSetting: {
          DestinationArn: { 'Fn::GetAtt': ['ApiAccessLog', 'Arn'] },
          Format: accessLogFormat,
        },
        MethodSettings: [methodSettings],
      },
    },
  };
}

/** What the gateway answers itself takes effect with the deployment that comes after it, so let that be the first. */
export function deployAfterGatewayResponses(resources: Record<string, Resource>): void {
  const responses = idsOf(resources, 'AWS::ApiGateway::GatewayResponse');
  for (const id of idsOf(resources, 'AWS::ApiGateway::Deployment')) {
    const deployment = resources[id];
    if (deployment !== undefined) deployment.DependsOn = [...dependenciesOf(deployment), ...responses];
  }
}

const idsOf = (resources: Record<string, Resource>, type: string): readonly string[] =>
  Object.entries(resources).flatMap(([id, { Type }]) => (Type === type ? [id] : []));

const dependenciesOf = ({ DependsOn: ids }: Resource): readonly unknown[] =>
  Array.isArray(ids) ? ids : ids === undefined ? [] : [ids];
