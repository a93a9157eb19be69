import { connect, createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';
import { SetupError } from './processes/setup-error.ts';

/** The ports of the local system and their owners. */
const registry = {
  api: { defaultPort: 3000, variable: 'API_PORT', owner: 'the HTTP API (serverless-offline)' },
  lambda: { defaultPort: 3002, variable: 'LAMBDA_PORT', owner: 'the Lambda API (serverless-offline)' },
  payments: { defaultPort: 3010, variable: 'PAYMENTS_PORT', owner: 'the payment sandbox' },
  issuer: { defaultPort: 3011, variable: 'ISSUER_PORT', owner: 'the development token issuer' },
  dynamodb: { defaultPort: 3020, variable: 'DYNAMODB_PORT', owner: 'DynamoDB' },
  rabbitmq: { defaultPort: 3030, variable: 'RABBITMQ_PORT', owner: 'RabbitMQ' },
  rabbitmqDist: { defaultPort: 3031, variable: 'RABBITMQ_DIST_PORT', owner: "RabbitMQ's Erlang node" },
  console: { defaultPort: 3040, variable: 'CONSOLE_PORT', owner: 'the console' },
} as const;

export type PortName = keyof typeof registry;
export type Ports = Readonly<Record<PortName, number>>;

const portNames = [
  'api',
  'lambda',
  'payments',
  'issuer',
  'dynamodb',
  'rabbitmq',
  'rabbitmqDist',
  'console',
] as const;

export const portsSchema = z.record(z.enum(portNames), z.int());

export function portsFrom(environment: NodeJS.ProcessEnv): Ports {
  const ports = portsBy((name) => {
    const { variable, defaultPort } = registry[name];
    const text = environment[variable];
    if (text === undefined || text === '') return defaultPort;
    const port = Number(text);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      throw new SetupError(`${variable} is ${JSON.stringify(text)}, which is not a port (1 to 65535).`);
    }
    return port;
  });
  for (const name of portNames) {
    const twin = portNames.find((other) => other !== name && ports[other] === ports[name]);
    if (twin === undefined) continue;
    throw new SetupError(
      `Port ${ports[name]} is chosen twice: by ${registry[name].variable} and by ${registry[twin].variable}.`,
    );
  }
  return ports;
}

/** A variable that names another port is meant for another system. @throws SetupError */
export function refuseOtherPorts(environment: NodeJS.ProcessEnv, ports: Ports): void {
  for (const name of portNames) {
    const { variable } = registry[name];
    const text = environment[variable];
    if (text === undefined || text === '' || Number(text) === ports[name]) continue;
    throw new SetupError(
      `${variable} is ${text}, but the system that runs from this checkout has port ${ports[name]}. Unset ${variable}, or go to the checkout of the other system.`,
    );
  }
}

export function issuerUrl(ports: Ports): string {
  return `http://127.0.0.1:${ports.issuer}`;
}

/**
 * Ports for a separate system. They lie below the ephemeral range (from 32768 on Linux, 49152 on macOS): otherwise an
 * outgoing connection could take the port of a part that is killed and started again.
 */
export async function freePorts(): Promise<Ports> {
  const [lowest, highest, block] = [20_000, 29_900, 10];
  for (let attempt = 0; attempt < 200; attempt += 1) {
    const base = lowest + block * Math.floor((Math.random() * (highest - lowest)) / block);
    const ports = portsBy((_, index) => base + index);
    const taken = await Promise.all(Object.values(ports).map((port) => isTaken(port)));
    if (!taken.includes(true)) return ports;
  }
  throw new Error('no block of free ports was found');
}

/** Waits for `patienceMs`, because a process that was just killed may hold its port a moment longer. */
export async function refuseTakenPorts(
  ports: Ports,
  needed: readonly PortName[],
  patienceMs: number,
): Promise<void> {
  const lines: string[] = [];
  const deadline = performance.now() + patienceMs;
  for (const name of needed) {
    while ((await isTaken(ports[name])) && performance.now() < deadline) await delay(50);
    if (await isTaken(ports[name])) {
      const { owner, variable } = registry[name];
      lines.push(
        `Port ${ports[name]} is taken, and ${owner} needs it. Stop what listens there, or choose another port: ${variable}=${ports[name] + 10_000} npm start`,
      );
    }
  }
  if (lines.length > 0) throw new SetupError(lines.join('\n'));
}

function portsBy(choose: (name: PortName, index: number) => number): Ports {
  const chosen = new Map(portNames.map((name, index) => [name, choose(name, index)]));
  const portOf = (name: PortName) => chosen.get(name) ?? 0;
  return {
    api: portOf('api'),
    lambda: portOf('lambda'),
    payments: portOf('payments'),
    issuer: portOf('issuer'),
    dynamodb: portOf('dynamodb'),
    rabbitmq: portOf('rabbitmq'),
    rabbitmqDist: portOf('rabbitmqDist'),
    console: portOf('console'),
  };
}

/** Also tries to connect: macOS lets a process bind 127.0.0.1 while another listens on all interfaces. */
async function isTaken(port: number): Promise<boolean> {
  return !(await canListen(port)) || (await answers(port));
}

function canListen(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

export function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
