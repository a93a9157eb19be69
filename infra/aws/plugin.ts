import type { CloudWatchClientConfig } from '@aws-sdk/client-cloudwatch';
import { pascalCase } from '../../engine/saga/names.ts';
import { subscribers } from '../../functions/shop.ts';
import { refuseUnreachable } from '../../functions/subscribers.ts';
import { application } from '../application.ts';
import { usersOf } from '../broker/users.ts';
import { prefixOf, secretsOf, secretVariableOf } from '../functions/variables.ts';
import { shareConnections } from './connections.ts';
import { completeGatewayResponses } from './gateway-responses.ts';
import { type Imports, importsOf, isProduction } from './imports.ts';
import { encryptLogs } from './logs-key.ts';
import { metricsOn } from './metrics-setting.ts';
import { type Needs, needsOf, serviceOf } from './needs.ts';
import { roleOf } from './roles.ts';
import { alarmsNow, alarmsOnFaultyCode, type RollbackConfiguration, rollbackOn } from './rollback.ts';
import { deployAfterGatewayResponses, stageOf } from './stage.ts';
import { alarmsTemplate } from './templates/alarms.ts';
import type { Json } from './templates/template.ts';
import { secretNames } from './topology/secret-names.ts';
import { topologyResource } from './topology-resource.ts';

type Definition = {
  readonly handler: string;
  role?: string;
  vpc?: Json;
  reservedConcurrency?: number;
  timeout?: number;
  dependsOn?: string[];
  environment?: Record<string, Json>;
  readonly events?: readonly {
    http?: unknown;
    rabbitmq?: { arn?: Json; basicAuthArn?: Json };
    schedule?: { enabled?: boolean };
  }[];
};
type Template = {
  Resources: Record<string, { Type: string; Properties: Record<string, unknown> }>;
  Outputs: Record<string, { Description: string; Value: Json }>;
};

/** The parts of the Serverless Framework that are used here. */
type Serverless = {
  readonly configurationInput: { readonly resources: readonly unknown[] };
  extendConfiguration(path: readonly string[], value: unknown): void;
  readonly service: {
    readonly functions: Readonly<Record<string, Definition>>;
    readonly provider: {
      readonly stage: string;
      readonly environment: Record<string, Json>;
      readonly compiledCloudFormationTemplate: Template;
      rollbackConfiguration?: RollbackConfiguration;
    };
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
  readonly getProvider: (name: 'aws') => {
    getStage(): string;
    getAwsSdkV3Config(): Promise<CloudWatchClientConfig>;
  };
};

/** Stages without Amazon MQ and secrets. */
const emulated = new Set(['local', 'localstack']);

/**
 * Adds to the template what only AWS needs: each function's role, network and secrets, the API's stage, the alarms, and
 * the resource that applies the topology. serverless.yml has what runs everywhere.
 */
export default class DeploymentPlugin {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  readonly #serverless: Serverless;
  /** The number of requests that may come at once, if the broker's connections limit it. */
  #burst: number | undefined;

  constructor(serverless: Serverless) {
    this.#serverless = serverless;
    const { resources } = serverless.configurationInput;
    serverless.extendConfiguration(
      ['resources', String(resources.length)],
      alarmsTemplate(application, `\${sls:stage}`),
    );
    this.hooks = {
      'before:package:initialize': () => this.#prepareFunctions(),
      'before:aws:package:finalize:mergeCustomProviderResources': () => this.#complete(),
      'after:aws:package:finalize:mergeCustomProviderResources': () => this.#finish(),
      'before:aws:deploy:deploy:updateStack': () => this.#watchAlarms(),
    };
  }

  get #stage(): string {
    return this.#serverless.getProvider('aws').getStage();
  }

  /** Where a function's spans go to; empty if it makes none. */
  #collectorOf({ broker }: Needs): string {
    if (broker === 'administer') return '';
    return textOf(this.#serverless.service.provider.environment.OTEL_EXPORTER_OTLP_ENDPOINT);
  }

  get #imports(): Imports | undefined {
    return emulated.has(this.#stage) ? undefined : importsOf(application, this.#stage);
  }

  #prepareFunctions(): void {
    const { functions, provider } = this.#serverless.service;
    const imports = this.#imports;
    for (const [name, definition] of Object.entries(functions)) {
      definition.role = roleNameOf(name);
      answerInTime(definition);
      if (imports === undefined) continue;
      const needs = needsOf(application, name, definition.handler);
      connect(definition, needs, imports, this.#collectorOf(needs));
      // Always on in AWS. On a laptop a schedule may be off: a test runs it itself, or no alarm needs it.
      for (const { schedule } of definition.events ?? []) if (schedule !== undefined) schedule.enabled = true;
    }
    if (imports === undefined) return;
    const metrics = this.#usable('METRICS_OFF', () => metricsOn(textOf(provider.environment.METRICS)));
    this.#usable('SUBSCRIBER_UNREACHABLE', () => refuseUnreachable(subscribers));
    Object.assign(
      provider.environment,
      environmentOf(this.#stage, imports),
      { METRICS: metrics },
      withoutKeys(provider.environment),
    );
    this.#burst = shareConnections(application, functions, this.#stage);
  }

  /** What a setting says. In the framework's words an error is one line. */
  #usable<T>(code: string, read: () => T): T {
    try {
      return read();
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      throw new this.#serverless.classes.Error(message, code);
    }
  }

  async #complete(): Promise<void> {
    const { functions, provider } = this.#serverless.service;
    const { Resources: resources } = provider.compiledCloudFormationTemplate;
    const [stage, imports] = [this.#stage, this.#imports];
    for (const [functionName, { handler }] of Object.entries(functions)) {
      const needs = needsOf(application, functionName, handler);
      const request = {
        ...{ saga: application, functionName, stage, imports, needs },
        collector: this.#collectorOf(needs),
        service: serviceOf(application, handler, needs),
      };
      resources[roleNameOf(functionName)] = roleOf(request) as Template['Resources'][string];
    }
    for (const { Type, Properties } of Object.values(resources)) {
      // The framework omits a window of 0, and Lambda's default is half a second.
      if (Type === 'AWS::Lambda::EventSourceMapping') Properties.MaximumBatchingWindowInSeconds ??= 0;
    }
    Object.assign(resources, stageOf(resources, stage, this.#burst));
    if (imports !== undefined) {
      // It loads the steps, and of those that cannot be loaded a laptop says more.
      const { dashboard } = await import('./templates/dashboard.ts');
      Object.assign(resources, dashboard(application, stage));
      const { RETRY_DELAYS: delays, QUEUE_SHARDS: shards } = provider.environment;
      resources.Topology = topologyResource(application, imports, textOf(delays), textOf(shards));
    }
  }

  /** Other stages are for faults, and need not wait for alarms. */
  async #watchAlarms(): Promise<void> {
    if (!isProduction(this.#stage)) return;
    const config = await this.#serverless.getProvider('aws').getAwsSdkV3Config();
    const alarms = await alarmsNow(config, alarmsOnFaultyCode(application, this.#stage));
    this.#serverless.service.provider.rollbackConfiguration = rollbackOn(alarms);
  }

  /** Runs when the template is complete, with the resources of serverless.yml. */
  #finish(): void {
    const { Resources: resources } = this.#serverless.service.provider.compiledCloudFormationTemplate;
    completeGatewayResponses(resources);
    deployAfterGatewayResponses(resources);
    expectConsumers(resources);
    if (isProduction(this.#stage)) encryptLogs(resources, this.#stage);
    if (this.#stage !== 'localstack') return;
    // LocalStack without an account has neither Amazon MQ nor WAF. The local event source reads the queues.
    for (const [name, { Type }] of Object.entries(resources)) {
      if (/^AWS::(WAFv2::|Lambda::EventSourceMapping$)/.test(Type)) delete resources[name];
    }
  }
}

/**
 * API Gateway waits for 29 s. A function that it calls ends before, with an answer or an error of its own in its log.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const ANSWER_SECONDS = 27;

function answerInTime(definition: Definition): void {
  if (definition.events?.some(({ http }) => http !== undefined)) definition.timeout ??= ANSWER_SECONDS;
}

function connect(definition: Definition, needed: Needs, imports: Imports, collector: string): void {
  const service = serviceOf(application, definition.handler, needed);
  const { broker, secrets = [] } = needed;
  if (secrets.length > 0) {
    definition.environment = {
      ...definition.environment,
      ...Object.fromEntries(secrets.map((each) => [secretVariableOf(each), imports.outsideSecretOf(each)])),
    };
  }
  if (broker === undefined) return;
  definition.vpc = {
    securityGroupIds: [
      imports.securityGroup,
      ...(broker === 'administer' ? [imports.administratorGroup] : []),
    ],
    // A key for the outside is a reason to reach it, and so is whoever collects spans.
    subnetIds: secrets.length > 0 || collector !== '' ? imports.privateSubnets : imports.isolatedSubnets,
  };
  if (service !== undefined)
    definition.environment = { ...definition.environment, BROKER_SECRET: imports.secretOf(service) };
  if (broker === 'administer')
    definition.environment = { ...definition.environment, ...administratorsSecrets(imports) };
  // A mapping gives up if its queue does not exist yet, and a publisher must not run before its exchanges exist.
  if (broker !== 'administer') definition.dependsOn = ['Topology'];
  for (const { rabbitmq } of definition.events ?? []) {
    if (rabbitmq === undefined || service === undefined) continue;
    rabbitmq.arn = imports.brokerArn;
    rabbitmq.basicAuthArn = imports.secretOf(service);
  }
}

/** What infra/aws/topology/handler.ts reads. The broker's address is in every function's environment. */
const administratorsSecrets = ({ adminSecret, secretOf }: Imports): Readonly<Record<string, Json>> => ({
  BROKER_ADMIN_SECRET: adminSecret,
  BROKER_SECRETS: secretNames(usersOf(application).map(({ name }) => [name, secretOf(name)])),
});

/** A stage's settings that are not secret are SSM parameters, read when the stack is deployed. */
function environmentOf(stage: string, { amqpUrl }: Imports): Readonly<Record<string, Json>> {
  const setting = (name: string) => `{{resolve:ssm:/order-saga/${stage}/${name}}}`;
  return {
    RABBITMQ_URL: amqpUrl,
    BROKER_PASSWORD: '',
    JWKS_URL: setting('jwks-url'),
    TOKEN_ISSUER: setting('token-issuer'),
    TOKEN_AUDIENCE: setting('token-audience'),
  };
}

/** Empties the variables with keys for the outside: the deployer's shell has a laptop's. In AWS, keys are secrets. */
function withoutKeys(environment: Readonly<Record<string, Json>>): Readonly<Record<string, ''>> {
  const prefixes = secretsOf(application).map(prefixOf);
  const names = Object.keys(environment).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** Each mapping has at least one consumer. */
function expectConsumers(resources: Template['Resources']): void {
  const alarm = resources.EventSourceGone;
  const mappings = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  if (alarm !== undefined) alarm.Properties.Threshold = mappings.length;
}

const textOf = (setting: Json | undefined): string => (typeof setting === 'string' ? setting : '');

const roleNameOf = (functionName: string): string => `${pascalCase(functionName)}Role`;
