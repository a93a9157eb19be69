import { freePorts } from '../../infra/local/ports.ts';
import type { PartFailure } from '../../infra/local/processes/part.ts';
import { privateNodeUrl } from '../../infra/local/rabbitmq/private-node.ts';
import type { SystemOptions } from '../../infra/local/system.ts';
import { startProxy, type TcpProxy } from '../support/proxy.ts';
import { startWorld, type World } from '../support/saga/world.ts';
import { assortment, customerClass } from './errand.ts';

/** A time in which what was sent to a queue may be lost: it was in the queue, or came when there was none. */
export interface Deletion {
  readonly queue: string;
  readonly atMs: number;
  againAtMs: number;
  /** How many messages were in it, as far as the broker says so. */
  messages: number;
}

/** A whole system, and the hands that break it. The world's own addresses lead past the proxies. */
export interface Stage {
  readonly world: World;
  readonly links: Readonly<Record<'broker' | 'database' | 'provider', TcpProxy>>;
  readonly rabbitmqDistPort: number;
  readonly dataDir: string;
  /** Parts that ended although nobody had touched them. */
  readonly unbidden: PartFailure[];
  readonly deletions: Deletion[];
  end(): Promise<void>;
}

/** Short, so that some messages use them up and are dead letters, and there is something to redrive. */
const retryDelays = '200ms,400ms,1s,2s';
/** Short as well, so that sagas meet their deadline while they are being sabotaged. */
const deadlineSeconds = '40';

/** As `npm start` runs it, but for proxies between the functions and the broker, the database and the provider. */
export async function setStage(options: Omit<SystemOptions, 'ports'>): Promise<Stage> {
  // A broker or database that the shell names is somebody's; only our own is broken.
  delete process.env.RABBITMQ_URL;
  delete process.env.DYNAMODB_ENDPOINT;
  const ports = await freePorts();
  const unbidden: PartFailure[] = [];
  const links = {
    broker: await startProxy({ host: '127.0.0.1', port: ports.rabbitmq }),
    database: await startProxy({ host: '127.0.0.1', port: ports.dynamodb }),
    provider: await startProxy({ host: '127.0.0.1', port: ports.payments }),
  };
  const endLinks = () => Promise.all(Object.values(links).map((link) => link.end()));
  try {
    const direct = { rabbitmq: privateNodeUrl(ports), dynamodb: `http://127.0.0.1:${ports.dynamodb}` };
    const proxied = new URL(direct.rabbitmq);
    proxied.port = String(links.broker.port);
    const environment = {
      RABBITMQ_URL: proxied.href,
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${links.database.port}`,
      STRIPE_API_BASE: `http://127.0.0.1:${links.provider.port}`,
      RETRY_DELAYS: retryDelays,
      SAGA_DEADLINE_SECONDS: deadlineSeconds,
      // As in serverless.yml, but for the few who stand for many.
      MAX_OPEN_PER_OWNER: `20,${customerClass}=100000`,
      PAUSE_AFTER_FAILURES: `3,${customerClass}=none`,
      MAX_STOCK_SHARE: '50%',
    };
    const onUnexpectedEnd = (failure: PartFailure) => unbidden.push(failure);
    const world = await startWorld(environment, { ...options, ports, onUnexpectedEnd });
    for (const product of assortment) await world.stock(product);
    const system = { ...world.system, urls: { ...world.system.urls, ...direct } };
    return {
      world: { ...world, system },
      links,
      rabbitmqDistPort: ports.rabbitmqDist,
      dataDir: options.dataDir,
      unbidden,
      deletions: [],
      end: async () => {
        await world.system.stop();
        await endLinks();
      },
    };
  } catch (error) {
    await endLinks();
    throw error;
  }
}
