import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { type Service, shop } from '../../../functions/shop.ts';
import { freePorts } from '../../../infra/local/ports.ts';
import { type System, type SystemOptions, startSystem } from '../../../infra/local/system.ts';
import { Client } from './client.ts';
import { givenSystem, takeOver } from './given-system.ts';
import { nobodyRefused } from './nobody-refused.ts';

export interface Product {
  readonly sku: string;
  readonly available: number;
  readonly unitPriceMinor: number;
}

/**
 * A whole system: real broker, real database process, real Lambda workers, on free ports. Or a given one, whose
 * endpoints are in the shell's variables (`given-system.ts`).
 */
export interface World {
  readonly system: System;
  readonly operator: Client;
  customer(name?: string, ownerClass?: string): Promise<Client>;
  /** Puts a product on the shelf and remembers its initial stock. */
  stock(product: Product): Promise<void>;
  readonly shelf: ReadonlyMap<string, Product>;
  /** The orders that a given system had before; they are not checked. */
  readonly before: ReadonlySet<string>;
  /** Runs the schedule once, as EventBridge would. */
  nudge(): Promise<unknown>;
  /** Runs once the schedule that counts a service's dead letters. */
  countDeadLetters(service: Service): Promise<unknown>;
  /** Runs the schedule that compares all sides, with its event. */
  reconcile(event: object): Promise<unknown>;
  end(): Promise<void>;
}

export async function startWorld(
  environment: Readonly<Record<string, string>> = {},
  options: Partial<SystemOptions> = {},
): Promise<World> {
  const dataDir = options.dataDir ?? mkdtempSync(join(tmpdir(), 'order-saga-'));
  const given = givenSystem(process.env);
  if (given !== undefined) refuseSettings(environment);
  const before = given === undefined ? new Set<string>() : await takeOver(given);
  const system =
    given ??
    (await startSystem({
      ports: await freePorts(),
      ...options,
      dataDir,
      // Tests run the schedule themselves, so they know when it ran.
      environment: {
        NUDGE_SCHEDULE: 'false',
        ...nobodyRefused,
        RETRY_DELAYS: '200ms,400ms,800ms,1s,2s,4s',
        ...environment,
      },
    }));
  const shelf = new Map<string, Product>();
  const operator = new Client(system.urls.api, await system.signToken({ role: 'operator' }));
  return {
    system,
    operator,
    shelf,
    before,
    customer: async (name = 'alice', ownerClass) =>
      new Client(system.urls.api, await system.signToken({ role: 'customer', name, class: ownerClass })),
    stock: async (product) => {
      const { sku, ...rest } = product;
      await operator.expect(200, 'PUT', `/stock/${sku}`, {
        ...rest,
        currency: 'EUR',
        reason: 'counted',
      });
      shelf.set(sku, product);
    },
    nudge: () => invoke(system, 'nudge-orders', {}),
    countDeadLetters: (service) => invoke(system, `count-${service}-dead-letters`, {}),
    reconcile: (event) => invoke(system, 'reconcile', event),
    end: async () => {
      await system.stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

/** Invokes a function by its key in serverless.yml. @throws Error if the function failed */
async function invoke(system: System, name: string, payload: unknown): Promise<unknown> {
  const client = new LambdaClient({
    endpoint: system.urls.lambda,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  const { FunctionError, Payload } = await client.send(
    new InvokeCommand({
      FunctionName: `${shop.name}-${system.environment.STAGE ?? 'local'}-${name}`,
      Payload: JSON.stringify(payload),
    }),
  );
  const text = Payload === undefined ? '' : Buffer.from(Payload).toString('utf8');
  if (FunctionError !== undefined) throw new Error(`${name} failed: ${text}`);
  return text === '' ? undefined : JSON.parse(text);
}

/** Refuses a test's settings for a given system, which has its own. RETRY_DELAYS alone may differ. */
function refuseSettings(environment: Readonly<Record<string, string>>): void {
  const names = Object.keys(environment).filter((name) => name !== 'RETRY_DELAYS');
  if (names.length > 0) throw new Error(`a given system cannot be started with ${names.join(', ')}`);
}
