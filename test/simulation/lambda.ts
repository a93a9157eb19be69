import type { Environment } from './environment.ts';
import type { DeployedFunction, Handler } from './functions.ts';
import { describe, type End, type Invocation } from './invocation.ts';
import type { Simulation } from './simulation.ts';
import type { Message } from './world/broker.ts';

interface Started {
  readonly environment: Environment;
  readonly handle: Handler;
}

/** An environment that is serving requests: one invocation stands for all of them. */
interface Host {
  readonly started: Started;
  readonly invocation: Invocation;
  readonly requests: Set<{ readonly ended: (end: End) => void }>;
}

/**
 * Lambda: an idle environment if there is one, otherwise a new one. One that has crashed is never used again, and
 * neither is one whose function threw, which may have left something behind.
 */
export class Lambda {
  /** Of environments that start from now on. */
  skewMs = 0;
  readonly #simulation: Simulation;
  readonly #functions: ReadonlyMap<string, DeployedFunction>;
  readonly #sharesEnvironments: boolean;
  readonly #idle = new Map<string, Started[]>();
  readonly #hosts = new Map<string, Host>();
  #requests = 0;
  /** Environments that were busy when all were replaced are not used again either. */
  #generation = 0;

  /** `sharesEnvironments`: one serves many requests at once, as where one process runs them all. */
  constructor(
    simulation: Simulation,
    functions: ReadonlyMap<string, DeployedFunction>,
    sharesEnvironments = false,
  ) {
    this.#simulation = simulation;
    this.#functions = functions;
    this.#sharesEnvironments = sharesEnvironments;
  }

  invoke(name: string, event: unknown, ended: (end: End) => void, messages: readonly Message[] = []): void {
    if (this.#sharesEnvironments && this.#deployed(name).isHttp) {
      this.#invokeBesideOthers(name, event, ended);
      return;
    }
    const { environment, handle } = this.#idle.get(name)?.pop() ?? this.#start(name);
    const generation = this.#generation;
    const onEnd = (end: End) => {
      if (end.kind === 'returned') {
        environment.invocation = undefined;
        if (generation === this.#generation) this.#rest(name, { environment, handle });
      }
      ended(end);
    };
    const { service, skewMs } = environment;
    const invocation = this.#simulation.begin(name, service, messages, onEnd, skewMs);
    environment.invocation = invocation;
    // What a crashed environment still does in here is nobody's business: its calls never return.
    handle(this.#numbered(event)).then(
      (value) => invocation.end({ kind: 'returned', value }),
      (error: unknown) => invocation.end({ kind: 'threw', error }),
    );
  }

  /** All requests that come while one is under way are served by its environment, and die with it. */
  #invokeBesideOthers(name: string, event: unknown, ended: (end: End) => void): void {
    const host = this.#hosts.get(name) ?? this.#beginHost(name);
    const { invocation, requests, started } = host;
    if (requests.size > 0) this.#simulation.coverage.count('requests beside each other');
    const request = { ended };
    requests.add(request);
    const answer = (end: End) => {
      if (!requests.delete(request)) return;
      this.#simulation.checker.answered(invocation, end);
      this.#simulation.trace.say(() => `${invocation.name} ${describe(end)}`);
      ended(end);
      if (requests.size === 0) invocation.end({ kind: 'returned', value: undefined });
    };
    started.handle(this.#numbered(event)).then(
      (value) => answer({ kind: 'returned', value }),
      (error: unknown) => answer({ kind: 'threw', error }),
    );
  }

  #beginHost(name: string): Host {
    const started = this.#idle.get(name)?.pop() ?? this.#start(name);
    const generation = this.#generation;
    const { service, skewMs } = started.environment;
    const requests: Host['requests'] = new Set();
    const onEnd = (end: End) => {
      if (this.#hosts.get(name) === host) this.#hosts.delete(name);
      const left = [...requests];
      requests.clear();
      if (end.kind === 'returned' && generation === this.#generation) this.#rest(name, started);
      for (const { ended } of left) ended(end);
    };
    const invocation = this.#simulation.begin(name, service, [], onEnd, skewMs);
    const host = { started, invocation, requests };
    started.environment.invocation = invocation;
    this.#hosts.set(name, host);
    return host;
  }

  /** API Gateway gives each request an id of its own. */
  #numbered(event: unknown): unknown {
    const { requestContext } = event as { readonly requestContext?: object };
    if (requestContext === undefined) return event;
    this.#requests += 1;
    return {
      ...(event as object),
      requestContext: { ...requestContext, requestId: `request-${this.#requests}` },
    };
  }

  /** Every environment is replaced, as on a deployment. */
  recycle(): void {
    this.#generation += 1;
    this.#idle.clear();
    this.#hosts.clear();
  }

  #start(name: string): Started {
    const { service, start } = this.#deployed(name);
    const environment: Environment = { service, skewMs: this.skewMs, invocation: undefined };
    return { environment, handle: start(this.#simulation, environment) };
  }

  #deployed(name: string): DeployedFunction {
    const deployed = this.#functions.get(name);
    if (deployed === undefined) throw new Error(`there is no function ${name}`);
    return deployed;
  }

  #rest(name: string, started: Started): void {
    const idle = this.#idle.get(name);
    if (idle === undefined) this.#idle.set(name, [started]);
    else idle.push(started);
  }
}
