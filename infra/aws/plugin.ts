import { pascalCase } from '../../engine/saga/names.ts';
import { application } from '../application.ts';
import { prefixOf, secretsOf, secretVariableOf } from '../functions/variables.ts';
import { shareConnections } from './connections.ts';
import { type Imports, importsOf } from './imports.ts';
import { type Needs, needsOf, serviceOf } from './needs.ts';
import { roleOf } from './roles.ts';
import { deployAfterGatewayResponses, stageOf } from './stage.ts';
import { alarmsTemplate } from './templates/alarms.ts';
import type { Json } from './templates/template.ts';
import { topologyEvent, topologyResource } from './topology-resource.ts';

type Definition = {
  readonly handler: string;
  role?: string;
  vpc?: Json;
  reservedConcurrency?: number;
  dependsOn?: string[];
  environment?: Record<string, Json>;
  readonly events?: readonly {
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
    };
  };
  readonly getProvider: (name: 'aws') => { getStage(): string };
};

/** Stages that no Amazon MQ and no secret stand behind. */
const emulated = new Set(['local', 'localstack']);

/**
 * Adds to the template what a laptop has no use for: a role for each function, its network and its secrets, the
 * API's stage, the alarms, and the resource that applies the topology. What serverless.yml says runs everywhere.
 */
export default class DeploymentPlugin {
  readonly hooks: Readonly<Record<string, () => void>>;
  readonly #serverless: Serverless;
  /** How many requests may come at once, where a broker's connections set a limit. */
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
    };
  }

  get #stage(): string {
    return this.#serverless.getProvider('aws').getStage();
  }

  get #imports(): Imports | undefined {
    return emulated.has(this.#stage) ? undefined : importsOf(application, this.#stage);
  }

  #prepareFunctions(): void {
    const { functions, provider } = this.#serverless.service;
    const imports = this.#imports;
    for (const [name, definition] of Object.entries(functions)) {
      definition.role = roleNameOf(name);
      if (imports === undefined) continue;
      connect(definition, needsOf(application, name, definition.handler), imports);
      // On a laptop a test may run the schedule itself, and nobody is alarmed; here nothing else would.
      for (const { schedule } of definition.events ?? []) if (schedule !== undefined) schedule.enabled = true;
    }
    if (imports === undefined) return;
    Object.assign(
      provider.environment,
      environmentOf(this.#stage, imports),
      withoutKeys(provider.environment),
    );
    this.#burst = shareConnections(application, functions, this.#stage);
  }

  #complete(): void {
    const { functions, provider } = this.#serverless.service;
    const { Resources: resources, Outputs: outputs } = provider.compiledCloudFormationTemplate;
    const [stage, imports] = [this.#stage, this.#imports];
    for (const [functionName, { handler }] of Object.entries(functions)) {
      const needs = needsOf(application, functionName, handler);
      const request = {
        ...{ saga: application, functionName, stage, imports, needs },
        service: serviceOf(application, handler, needs),
      };
      resources[roleNameOf(functionName)] = roleOf(request) as Template['Resources'][string];
    }
    for (const { Type, Properties } of Object.values(resources)) {
      // The framework leaves out a window of 0, and Lambda would then wait for half a second.
      if (Type === 'AWS::Lambda::EventSourceMapping') Properties.MaximumBatchingWindowInSeconds ??= 0;
    }
    Object.assign(resources, stageOf(resources, stage, this.#burst));
    if (imports !== undefined) {
      const { RETRY_DELAYS: delays, QUEUE_SHARDS: shards } = provider.environment;
      resources.Topology = topologyResource(application, imports, textOf(delays), textOf(shards));
      outputs.TopologyEvent = topologyEvent(application, imports);
    }
  }

  /** Once everything is in the template, also what the resources of serverless.yml bring. */
  #finish(): void {
    const { Resources: resources } = this.#serverless.service.provider.compiledCloudFormationTemplate;
    deployAfterGatewayResponses(resources);
    expectConsumers(resources);
    if (this.#stage !== 'localstack') return;
    // Without an account it has neither Amazon MQ to read from nor WAF; our own event source reads the queues.
    for (const [name, { Type }] of Object.entries(resources)) {
      if (/^AWS::(WAFv2::|Lambda::EventSourceMapping$)/.test(Type)) delete resources[name];
    }
  }
}

function connect(definition: Definition, needed: Needs, imports: Imports): void {
  const service = serviceOf(application, definition.handler, needed);
  const { broker, secrets = [] } = needed;
  if (broker === undefined) return;
  definition.vpc = { securityGroupIds: [imports.securityGroup], subnetIds: imports.subnets };
  if (service !== undefined) {
    definition.environment = {
      ...definition.environment,
      BROKER_SECRET: imports.secretOf(service),
      ...Object.fromEntries(secrets.map((each) => [secretVariableOf(each), imports.outsideSecretOf(each)])),
    };
  }
  // A mapping whose queue is not there yet gives up, and who publishes must not run ahead of its exchanges.
  if (broker !== 'administer') definition.dependsOn = ['Topology'];
  for (const { rabbitmq } of definition.events ?? []) {
    if (rabbitmq === undefined || service === undefined) continue;
    rabbitmq.arn = imports.brokerArn;
    rabbitmq.basicAuthArn = imports.secretOf(service);
  }
}

/** Plain settings of the stage are parameters of Systems Manager, read when the stack is deployed. */
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

/** What the deployer's shell has for the world outside is a laptop's. In AWS its keys are secrets. */
function withoutKeys(environment: Readonly<Record<string, Json>>): Readonly<Record<string, ''>> {
  const prefixes = secretsOf(application).map(prefixOf);
  const names = Object.keys(environment).filter((name) => prefixes.some((prefix) => name.startsWith(prefix)));
  return Object.fromEntries(names.map((name) => [name, '']));
}

/** Each mapping reads its queue with one consumer at the least. */
function expectConsumers(resources: Template['Resources']): void {
  const alarm = resources.EventSourceGone;
  const mappings = Object.values(resources).filter(({ Type }) => Type === 'AWS::Lambda::EventSourceMapping');
  if (alarm !== undefined) alarm.Properties.Threshold = mappings.length;
}

const textOf = (setting: Json | undefined): string => (typeof setting === 'string' ? setting : '');

const roleNameOf = (functionName: string): string => `${pascalCase(functionName)}Role`;
