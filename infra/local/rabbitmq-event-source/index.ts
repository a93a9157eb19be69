import { type EventSource, startEventSource } from './event-source.ts';
import { lambdaEndpoint } from './invoke.ts';
import { type Log, messageOf } from './log.ts';
import { offlineUrl } from './offline-url.ts';
import { section } from './setting.ts';
import { readSettings, type Settings, withLongestTimeout } from './settings.ts';

/** The parts of the Serverless plugin interface that are used here. */
type Serverless = {
  readonly service: {
    readonly custom?: unknown;
    readonly functions?: unknown;
    readonly provider?: unknown;
  };
  readonly classes: { readonly Error: new (message: string, code: string) => Error };
};
type CliOptions = Readonly<Record<string, unknown>>;
type ServerlessUtils = { readonly log: Log & { readonly warning: (line: string) => void } };

/**
 * The plugin for serverless-offline. Its hooks run before those of `offline start`, so the order of the two plugins
 * does not matter. It checks the settings before a port is opened, consumes once functions can be invoked, and awaits
 * running invocations before the functions go away.
 */
export default class RabbitmqEventSourcePlugin {
  readonly hooks: Readonly<Record<string, () => void | Promise<void>>>;
  readonly #serverless: Serverless;
  readonly #cliOptions: CliOptions;
  readonly #log: ServerlessUtils['log'];
  #settings: Settings | undefined;
  #eventSource: EventSource | undefined;

  constructor(serverless: Serverless, cliOptions: CliOptions, { log }: ServerlessUtils) {
    this.#serverless = serverless;
    this.#cliOptions = cliOptions;
    this.#log = log;
    this.hooks = {
      'before:offline:start': () =>
        log.warning(
          'RabbitMQ events need the command `offline start`: `offline` alone does not deliver them',
        ),
      'before:offline:start:init': () => this.#prepare(),
      'before:offline:start:ready': () => this.#start(),
      'before:offline:start:end': () => this.#stop(),
    };
  }

  #prepare(): void {
    try {
      this.#settings = readSettings(this.#serverless.service, process.env);
    } catch (error) {
      throw new this.#serverless.classes.Error(messageOf(error), 'RABBITMQ_EVENT_SOURCE_SETTING');
    }
    process.on('unhandledRejection', this.#survive);
  }

  #start(): void {
    const settings = this.#settings;
    if (settings === undefined) return;
    const { host, lambdaPort, noTimeout } = this.#offlineOptions();
    const isEmulated = true;
    const lambda = lambdaEndpoint(offlineUrl(String(host), String(lambdaPort)), settings.region, isEmulated);
    const mappings = noTimeout === true ? settings.mappings.map(withLongestTimeout) : settings.mappings;
    this.#eventSource = startEventSource({ ...settings, mappings }, lambda, this.#log);
  }

  /** With serverless-offline's precedence: command line, custom section, defaults. */
  #offlineOptions(): CliOptions {
    const custom = section(this.#serverless.service.custom, 'custom');
    const offline = section(custom['serverless-offline'], 'custom.serverless-offline');
    return { host: 'localhost', lambdaPort: 3002, ...offline, ...this.#cliOptions };
  }

  async #stop(): Promise<void> {
    await this.#eventSource?.stop();
    process.off('unhandledRejection', this.#survive);
  }

  /**
   * serverless-offline does not await an asynchronous invocation (`InvocationType: Event`), and an unhandled rejection
   * would end the process.
   * https://nodejs.org/api/process.html#event-unhandledrejection
   */
  readonly #survive = (reason: unknown): void => {
    this.#log.error(`unhandled, probably from an asynchronous invocation: ${stackOf(reason)}`);
  };
}

function stackOf(reason: unknown): string {
  return reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
}
