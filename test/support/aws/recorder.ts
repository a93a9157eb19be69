import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Recorder = {
  readonly url: string;
  /** The calls, in order: a CloudFormation or STS action, or method and path for the others. */
  readonly calls: readonly string[];
  /** The template as CloudFormation got it. */
  readonly uploads: ReadonlyMap<string, Buffer>;
  /** The parameters of each call with a CloudFormation action, in order. */
  readonly parameters: readonly URLSearchParams[];
  end(): Promise<void>;
};

const stackId = 'arn:aws:cloudformation:eu-central-1:000000000000:stack/recorded/1';

/** An alarm that CloudWatch is to know. */
export type KnownAlarm = { readonly AlarmName: string; readonly StateValue: 'OK' | 'ALARM' };

/** Stands in for AWS in a deployment: records every call and answers with success. */
export async function startRecorder(alarms: readonly KnownAlarm[] = []): Promise<Recorder> {
  const calls: string[] = [];
  const uploads = new Map<string, Buffer>();
  const parameters: URLSearchParams[] = [];
  let stack: 'absent' | 'REVIEW_IN_PROGRESS' | 'CREATE_COMPLETE' | 'UPDATE_COMPLETE' = 'absent';

  async function answer(request: IncomingMessage): Promise<readonly [status: number, body: string]> {
    const body = await bodyOf(request);
    const path = new URL(request.url ?? '/', 'http://recorder').pathname;
    const target = request.headers['x-amz-target'];
    if (typeof target === 'string') {
      calls.push(target);
      return [200, JSON.stringify(describeAlarms(JSON.parse(body.toString()), alarms))];
    }
    const asked = new URLSearchParams(body.toString());
    const action = request.method === 'POST' && path === '/' ? asked.get('Action') : null;
    if (action === null) {
      calls.push(`${request.method} ${path}`);
      if (request.method === 'PUT') uploads.set(path, body);
      return request.method === 'GET' && path.startsWith('/2015-03-31/')
        ? [404, '{}']
        : [200, '<ListBucketResult/>'];
    }
    calls.push(action);
    parameters.push(asked);
    if (action === 'CreateStack') stack = 'CREATE_COMPLETE';
    if (action === 'CreateChangeSet' && stack === 'absent') stack = 'REVIEW_IN_PROGRESS';
    if (action === 'ExecuteChangeSet')
      stack = stack === 'REVIEW_IN_PROGRESS' ? 'CREATE_COMPLETE' : 'UPDATE_COMPLETE';
    if (action === 'UpdateStack') stack = 'UPDATE_COMPLETE';
    if (stack === 'absent' && /^DescribeStack/.test(action)) return [400, notFound];
    return [200, replyTo(action, stack)];
  }

  const server = createServer((request, response) => {
    answer(request).then(
      ([status, body]) => response.writeHead(status, { 'content-type': 'text/xml' }).end(body),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    calls,
    uploads,
    parameters,
    end: () => new Promise((resolve) => server.close(() => resolve()).closeAllConnections()),
  };
}

/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html */
const describeAlarms = (
  { AlarmNames }: { readonly AlarmNames: readonly string[] },
  alarms: readonly KnownAlarm[],
) => ({
  MetricAlarms: alarms
    .filter(({ AlarmName }) => AlarmNames.includes(AlarmName))
    .map((alarm) => ({
      ...alarm,
      AlarmArn: `arn:aws:cloudwatch:eu-central-1:000000000000:alarm:${alarm.AlarmName}`,
    })),
});

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

const notFound =
  '<ErrorResponse><Error><Type>Sender</Type><Code>ValidationError</Code><Message>Stack with id recorded does not exist</Message></Error></ErrorResponse>';

/** https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Operations.html */
function replyTo(action: string, status: string): string {
  const results: Readonly<Record<string, string>> = {
    GetCallerIdentity: '<Account>000000000000</Account><Arn>arn:aws:iam::000000000000:user/x</Arn>',
    CreateStack: `<StackId>${stackId}</StackId>`,
    UpdateStack: `<StackId>${stackId}</StackId>`,
    CreateChangeSet: `<Id>arn:aws:cloudformation:eu-central-1:000000000000:changeSet/c/1</Id><StackId>${stackId}</StackId>`,
    DescribeChangeSet: '<Status>CREATE_COMPLETE</Status><ExecutionStatus>AVAILABLE</ExecutionStatus>',
    DescribeStacks: `<Stacks><member><StackId>${stackId}</StackId><StackName>recorded</StackName><StackStatus>${status}</StackStatus><CreationTime>2026-01-01T00:00:00Z</CreationTime></member></Stacks>`,
    DescribeStackEvents: `<StackEvents><member><EventId>${status}</EventId><StackId>${stackId}</StackId><StackName>recorded</StackName><PhysicalResourceId>${stackId}</PhysicalResourceId><LogicalResourceId>recorded</LogicalResourceId><ResourceType>AWS::CloudFormation::Stack</ResourceType><ResourceStatus>${status}</ResourceStatus><Timestamp>${new Date().toISOString()}</Timestamp></member></StackEvents>`,
    DescribeStackResource:
      '<StackResourceDetail><LogicalResourceId>ServerlessDeploymentBucket</LogicalResourceId><PhysicalResourceId>recorded-bucket</PhysicalResourceId><ResourceType>AWS::S3::Bucket</ResourceType><ResourceStatus>CREATE_COMPLETE</ResourceStatus></StackResourceDetail>',
    ListStackResources: '<StackResourceSummaries/>',
    ValidateTemplate: '<Parameters/>',
  };
  return `<${action}Response><${action}Result>${results[action] ?? ''}</${action}Result></${action}Response>`;
}
