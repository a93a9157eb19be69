type Resource = { Type: string; DependsOn?: unknown; Properties: Record<string, unknown> };

/** Requests a second for each method: a stage-wide limit applies to each method by itself. */
const RATE_LIMIT = 200;

/** One JSON line for each request, with the caller but without token or body. */
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
 * The API's stage as a resource of its own. The framework makes the stage as part of the deployment. An access log or
 * throttling would then be lost with the next deployment.
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
    // Metrics by method and path cost as much as custom metrics, and the alarm does not need them.
    MetricsEnabled: false,
    LoggingLevel: 'OFF',
    DataTraceEnabled: false,
    ThrottlingRateLimit: RATE_LIMIT,
    // Lambda would refuse requests above a function's concurrency, and the API would answer 5xx.
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

/** Gateway responses take effect with the next deployment, so the deployment must come after them. */
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
