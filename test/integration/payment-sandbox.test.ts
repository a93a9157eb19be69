import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Stripe from 'stripe';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LedgerReport, OrderReport } from '../../infra/local/payment-sandbox/ledger/ledger-report.ts';
import { startPaymentSandbox } from '../../infra/local/payment-sandbox/server.ts';
import { inParallel } from '../support/saga/client.ts';

const entry = fileURLToPath(new URL('../../infra/local/payment-sandbox/main.ts', import.meta.url));
const authorization = 'Bearer sk_test_orders';

interface Running {
  readonly url: string;
  readonly child: ChildProcess;
  readonly stripe: Stripe;
}

let folder: string;
let shared: Running;
const started = new Set<ChildProcess>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'payment-sandbox-'));
  shared = await start('shared.jsonl');
});

afterEach(() => control(shared.url, { latencyMs: 0, outage: 'none' }));

afterAll(async () => {
  await Promise.all([...started].map((child) => end(child, 'SIGKILL')));
  await rm(folder, { recursive: true });
});

function spawnSandbox(
  ledger: string,
  port = 0,
  settings: NodeJS.ProcessEnv = {},
): { child: ChildProcess; output: () => string } {
  const env = {
    ...process.env,
    PORT: String(port),
    LEDGER_FILE: join(folder, ledger),
    STAGE: 'local',
    ...settings,
  };
  const child = fork(entry, { env, silent: true, execArgv: [] });
  started.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += text));
  return { child, output: () => output };
}

async function start(ledger: string): Promise<Running> {
  const { child, output } = spawnSandbox(ledger);
  const exited = once(child, 'exit');
  while (!output().includes('\n')) {
    await Promise.race([
      once(child.stdout ?? child, 'data'),
      exited.then(() => Promise.reject(new Error(`payment sandbox ended: ${output()}`))),
    ]);
  }
  const url = /^payment sandbox ready on (http:\/\/127\.0\.0\.1:\d+)\n$/.exec(output())?.[1];
  if (url === undefined) throw new Error(`unexpected output: ${output()}`);
  return { url, child, stripe: client(url) };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<unknown> {
  started.delete(child);
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
  const exited = once(child, 'exit');
  child.kill(signal);
  const [code] = await exited;
  return code;
}

function client(url: string, options: Stripe.StripeConfig = {}): Stripe {
  const { hostname, port } = new URL(url);
  const base: Stripe.StripeConfig = { host: hostname, port, protocol: 'http', maxNetworkRetries: 0 };
  return new Stripe('sk_test_orders', { ...base, telemetry: false, ...options });
}

let orders = 0;
const newOrder = (): string => `order-${++orders}`;

const payment = (order: string, method = 'pm_card_visa'): Stripe.PaymentIntentCreateParams => ({
  amount: 1250,
  currency: 'eur',
  confirm: true,
  payment_method: method,
  allowed_payment_method_types: ['card'],
  error_on_requires_action: true,
  metadata: { orderId: order },
});

const charge = (order: string, method?: string, stripe = shared.stripe) =>
  stripe.paymentIntents.create(payment(order, method), { idempotencyKey: order });

async function ledger(order: string, url = shared.url): Promise<OrderReport> {
  const response = await fetch(`${url}/ledger?order=${encodeURIComponent(order)}`);
  return response.json() as Promise<OrderReport>;
}

async function control(url: string, settings: object): Promise<number> {
  const response = await fetch(`${url}/sandbox/settings`, { method: 'PUT', body: JSON.stringify(settings) });
  return response.status;
}

function post(
  path: string,
  body: string | Buffer<ArrayBuffer>,
  headers: Record<string, string> = {},
  url = shared.url,
) {
  const type = 'application/x-www-form-urlencoded';
  return fetch(url + path, {
    method: 'POST',
    body,
    headers: { authorization, 'content-type': type, ...headers },
  });
}

async function refusal(call: Promise<unknown>): Promise<Stripe.errors.StripeError> {
  const result = await call.then(
    () => new Error('the call succeeded'),
    (error: unknown) => error,
  );
  if (result instanceof Stripe.errors.StripeError) return result;
  throw result;
}

describe('a charge', () => {
  test('succeeds and is one capture in the ledger', async () => {
    const order = newOrder();
    const intent = await charge(order);

    expect(intent).toMatchObject({ status: 'succeeded', amount_received: 1250, currency: 'eur' });
    expect(intent.lastResponse).toMatchObject({
      idempotencyKey: order,
      requestId: expect.stringMatching(/^req_/),
    });
    expect(await shared.stripe.paymentIntents.retrieve(intent.id)).toEqual(intent);
    expect(await ledger(order)).toMatchObject({
      captures: 1,
      capturedMinor: 1250,
      refundedMinor: 0,
      entries: [
        { type: 'capture', order, amountMinor: 1250, paymentIntent: intent.id, idempotencyKey: order },
      ],
    });
  });

  test.for([
    ['pm_card_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_visa_chargeDeclined', 'card_declined', 'generic_decline'],
    ['pm_card_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedInsufficientFunds', 'card_declined', 'insufficient_funds'],
    ['pm_card_visa_chargeDeclinedLostCard', 'card_declined', 'lost_card'],
    ['pm_card_visa_chargeDeclinedStolenCard', 'card_declined', 'stolen_card'],
    ['pm_card_visa_chargeDeclinedVelocityLimitExceeded', 'card_declined', 'card_velocity_exceeded'],
    ['pm_card_chargeDeclinedExpiredCard', 'expired_card', undefined],
    ['pm_card_chargeDeclinedIncorrectCvc', 'incorrect_cvc', undefined],
    ['pm_card_chargeDeclinedProcessingError', 'processing_error', undefined],
    ['pm_card_authenticationRequired', 'authentication_required', 'authentication_required'],
  ] as const)('with %s is declined: %s, %s', async ([method, code, declineCode]) => {
    const order = newOrder();
    const error = await refusal(charge(order, method));

    expect(error).toBeInstanceOf(Stripe.errors.StripeCardError);
    expect(error).toMatchObject({ statusCode: 402, code, rawType: 'card_error' });
    expect(error.decline_code || undefined).toBe(declineCode);
    expect(error.payment_intent?.status).toBe('requires_payment_method');
    expect(await ledger(order)).toMatchObject({ captures: 0, capturedMinor: 0, attempts: { declined: 1 } });
  });

  test('can be tried again with another card after a decline, and only until it succeeds', async () => {
    const order = newOrder();
    const declined = (await refusal(charge(order, 'pm_card_chargeDeclined'))).payment_intent?.id ?? '';

    const confirmed = await shared.stripe.paymentIntents.confirm(declined, {
      payment_method: 'pm_card_visa',
    });
    expect(confirmed.status).toBe('succeeded');
    const again = await refusal(shared.stripe.paymentIntents.confirm(declined));
    expect(again).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    const canceled = await refusal(shared.stripe.paymentIntents.cancel(declined));
    expect(canceled).toMatchObject({ statusCode: 400, code: 'payment_intent_unexpected_state' });
    expect(canceled.payment_intent?.status).toBe('succeeded');
    expect((await ledger(order)).captures).toBe(1);
  });

  test('never happens once the intent is canceled', async () => {
    const order = newOrder();
    const { confirm: _, error_on_requires_action: __, ...unconfirmed } = payment(order);
    const intent = await shared.stripe.paymentIntents.create(unconfirmed);
    expect(intent.status).toBe('requires_confirmation');

    expect((await shared.stripe.paymentIntents.cancel(intent.id)).status).toBe('canceled');
    const error = await refusal(shared.stripe.paymentIntents.confirm(intent.id));
    expect(error.code).toBe('payment_intent_unexpected_state');
    expect((await ledger(order)).captures).toBe(0);
  });
});

describe('an idempotency key', () => {
  test.for(['pm_card_visa', 'pm_card_chargeDeclined'])(
    'returns the first answer byte for byte, also after a restart: %s',
    async (method) => {
      const order = newOrder();
      const form = `amount=500&currency=usd&confirm=true&payment_method=${method}&allowed_payment_method_types[]=card&metadata[orderId]=${order}`;
      const reordered = form.split('&').reverse().join('&');
      const headers = { 'Idempotency-Key': order };
      const before = await start(`replay-${order}.jsonl`);
      const first = await post('/v1/payment_intents', form, headers, before.url);
      const again = await post('/v1/payment_intents', reordered, headers, before.url);
      expect((await ledger(order, before.url)).attempts.replayed).toBe(1);
      await end(before.child, 'SIGKILL');
      const after = await start(`replay-${order}.jsonl`);
      const restarted = await post('/v1/payment_intents', form, headers, after.url);

      const body = await first.text();
      expect(first.headers.get('idempotent-replayed')).toBeNull();
      for (const replay of [again, restarted]) {
        expect(replay.status).toBe(first.status);
        expect(await replay.text()).toBe(body);
        expect(replay.headers.get('idempotent-replayed')).toBe('true');
        expect(replay.headers.get('original-request')).toBe(first.headers.get('request-id'));
      }
      const captures = method === 'pm_card_visa' ? 1 : 0;
      expect((await ledger(order, after.url)).captures).toBe(captures);
      expect(await end(after.child, 'SIGTERM')).toBe(0);
    },
  );

  test('refuses other parameters and another endpoint', async () => {
    const order = newOrder();
    await charge(order);
    const other = await refusal(
      shared.stripe.paymentIntents.create({ ...payment(order), amount: 1 }, { idempotencyKey: order }),
    );
    const [first, second] = [newOrder(), newOrder()];
    const declined = [
      await refusal(charge(first, 'pm_card_chargeDeclined')),
      await refusal(charge(second, 'pm_card_chargeDeclined')),
    ];
    const cancel = (error: Stripe.errors.StripeError | undefined) =>
      shared.stripe.paymentIntents.cancel(
        error?.payment_intent?.id ?? '',
        {},
        { idempotencyKey: `${order}-cancel` },
      );
    await cancel(declined[0]);
    const elsewhere = await refusal(cancel(declined[1]));
    for (const error of [other, elsewhere]) {
      expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
    }
    expect(await ledger(order)).toMatchObject({ captures: 1, refunds: 0 });
  });

  test('is not spent by a request that fails validation', async () => {
    const order = newOrder();
    const wrong = { ...payment(order), currency: 'xyz1' };
    expect((await refusal(shared.stripe.paymentIntents.create(wrong, { idempotencyKey: order }))).param).toBe(
      'currency',
    );
    expect((await charge(order)).status).toBe('succeeded');
  });

  test('lets one of 20 concurrent requests execute and answers the others 409', async () => {
    const order = newOrder();
    await control(shared.url, { latencyMs: 1_000 });
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => charge(order)));

    const refused = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => reason);
    expect(refused).toHaveLength(19);
    for (const error of refused)
      expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
    expect((await ledger(order)).captures).toBe(1);
  });

  test('gives all 20 concurrent requests the same charge when the SDK retries', async () => {
    const order = newOrder();
    await control(shared.url, { latencyMs: 20 });
    const retrying = client(shared.url, { maxNetworkRetries: 5 });
    const intents = await Promise.all(
      Array.from({ length: 20 }, () => charge(order, 'pm_card_visa', retrying)),
    );
    expect(new Set(intents.map(({ id }) => id)).size).toBe(1);
    expect((await ledger(order)).captures).toBe(1);
  });
});

describe('a fault of the provider', () => {
  test('an answer lost after the charge is given to the same key at once, also after a restart', async () => {
    const order = newOrder();
    const before = await start('timeout.jsonl');
    const impatient = client(before.url, { timeout: 300 });
    const lost = await refusal(charge(order, 'pm_sandbox_timeoutAfterCharge', impatient));
    expect(lost).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    expect((await ledger(order, before.url)).captures).toBe(1);

    const again = await charge(order, 'pm_sandbox_timeoutAfterCharge', impatient);
    await end(before.child, 'SIGKILL');
    const after = await start('timeout.jsonl');
    const restarted = await charge(
      order,
      'pm_sandbox_timeoutAfterCharge',
      client(after.url, { timeout: 300 }),
    );
    expect(again.status).toBe('succeeded');
    expect(restarted).toEqual(again);
    expect((await ledger(order, after.url)).captures).toBe(1);
    await end(after.child, 'SIGTERM');
  });

  test('an unavailable provider does nothing, twice for a key, and then charges', async () => {
    const order = newOrder();
    for (const _ of [1, 2]) {
      expect(await refusal(charge(order, 'pm_sandbox_unavailableTwice'))).toMatchObject({ statusCode: 503 });
      expect((await ledger(order)).captures).toBe(0);
    }
    expect((await charge(order, 'pm_sandbox_unavailableTwice')).status).toBe('succeeded');
    expect(await ledger(order)).toMatchObject({ captures: 1, attempts: { unavailable: 2 } });
  });

  test('an outage executes nothing, and the same key works when it is over', async () => {
    const order = newOrder();
    await control(shared.url, { outage: 'refuse' });
    expect(await refusal(charge(order))).toBeInstanceOf(Stripe.errors.StripeConnectionError);
    await control(shared.url, { outage: 'hang' });
    const hanging = client(shared.url, { timeout: 200 });
    expect(await refusal(charge(order, 'pm_card_visa', hanging))).toMatchObject({
      detail: { code: 'ETIMEDOUT' },
    });
    expect((await ledger(order)).captures).toBe(0);

    await control(shared.url, { outage: 'none' });
    expect((await charge(order)).status).toBe('succeeded');
    expect(await control(shared.url, { outage: 'maybe' })).toBe(400);
  });

  test('kill -9 amid charges loses none that was answered and repeats none', async () => {
    const charges = Array.from({ length: 300 }, () => newOrder());
    const before = await start('killed.jsonl');
    const answered = new Map<string, string>();
    await inParallel(charges, 16, async (order) => {
      const intent = await charge(order, 'pm_card_visa', before.stripe).catch(() => undefined);
      if (intent !== undefined) answered.set(order, intent.id);
      if (answered.size === 20) before.child.kill('SIGKILL');
    });
    await end(before.child, 'SIGKILL');
    expect(answered.size, 'some charges must have been cut off').toBeLessThan(charges.length);

    const after = await start('killed.jsonl');
    for (const order of charges) {
      const { id } = await charge(order, 'pm_card_visa', after.stripe);
      expect(id).toBe(answered.get(order) ?? id);
    }
    const response = await fetch(`${after.url}/ledger`);
    const report = (await response.json()) as LedgerReport;
    expect(report).toMatchObject({ captures: 300, ordersCapturedMoreThanOnce: [] });
    expect(Object.keys(report.orders).sort()).toEqual([...charges].sort());
    expect(report.keptMinor).toBe(300 * 1250);
    await end(after.child, 'SIGTERM');
  });
});

describe('a refund', () => {
  test('happens once for a key, in parts up to the charge, and never beyond', async () => {
    const order = newOrder();
    const { id } = await charge(order);
    const refund = (amount: number | undefined, idempotencyKey: string) =>
      shared.stripe.refunds.create(
        { payment_intent: id, ...(amount === undefined ? {} : { amount }) },
        { idempotencyKey },
      );
    const part = await refund(250, `${order}-part`);
    expect(await refund(250, `${order}-part`)).toEqual(part);
    expect(part).toMatchObject({ status: 'succeeded', amount: 250, payment_intent: id });
    expect(await refusal(refund(1001, `${order}-too-much`))).toMatchObject({
      statusCode: 400,
      param: 'amount',
    });

    const rest = await refund(undefined, `${order}-rest`);
    expect(rest.amount).toBe(1000);
    expect((await shared.stripe.refunds.list({ payment_intent: id })).data).toEqual([rest, part]);
    const over = await refusal(refund(undefined, `${order}-over`));
    expect(over).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
    expect(await ledger(order)).toMatchObject({ refunds: 2, refundedMinor: 1250, keptMinor: 0 });
  });

  test('cannot be doubled by concurrent requests with different keys', async () => {
    const order = newOrder();
    const { id } = await charge(order);
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, () => shared.stripe.refunds.create({ payment_intent: id })),
    );
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    expect((await ledger(order)).refundedMinor).toBe(1250);
  });

  test('that fails for now may be repeated with the same key', async () => {
    const order = newOrder();
    const { id } = await charge(order, 'pm_sandbox_refundFailsFiveTimes');
    const refund = () =>
      shared.stripe.refunds.create({ payment_intent: id }, { idempotencyKey: `${order}-r` });
    for (const _ of [1, 2, 3, 4, 5]) {
      expect(await refusal(refund())).toMatchObject({ statusCode: 429, code: 'lock_timeout' });
    }
    expect((await refund()).status).toBe('succeeded');
    expect(await ledger(order)).toMatchObject({ refunds: 1, keptMinor: 0, attempts: { refundsLocked: 5 } });
  });

  test('of pm_sandbox_refundFails never works, and of an uncharged intent neither', async () => {
    const { id } = await charge(newOrder(), 'pm_sandbox_refundFails');
    for (const _ of Array.from({ length: 8 })) {
      expect(await refusal(shared.stripe.refunds.create({ payment_intent: id }))).toMatchObject({
        statusCode: 429,
      });
    }
    const declined = (await refusal(charge(newOrder(), 'pm_card_chargeDeclined'))).payment_intent?.id ?? '';
    const error = await refusal(shared.stripe.refunds.create({ payment_intent: declined }));
    expect(error).toMatchObject({ statusCode: 400, param: 'payment_intent' });
  });
});

describe('a request', () => {
  test.for([
    ['amount missing', 'currency=eur', 400, 'amount', 'parameter_missing'],
    ['amount too small', 'amount=0&currency=eur', 400, 'amount', 'parameter_invalid_integer'],
    ['amount negative', 'amount=-5&currency=eur', 400, 'amount', 'parameter_invalid_integer'],
    ['amount not an integer', 'amount=1.5&currency=eur', 400, 'amount', 'parameter_invalid_integer'],
    ['amount beyond reason', 'amount=100000000&currency=eur', 400, 'amount', 'amount_too_large'],
    ['amount below the minimum', 'amount=49&currency=eur', 400, 'amount', 'amount_too_small'],
    ['amount of fractions', 'amount=1235&currency=kwd', 400, 'amount', 'invalid_charge_amount'],
    ['currency unknown', 'amount=100&currency=zzz', 400, 'currency', undefined],
    [
      'method of a bank',
      'amount=100&currency=usd&allowed_payment_method_types[]=card&payment_method=pm_usBankAccount_processing',
      400,
      'payment_method',
      'payment_intent_incompatible_payment_method',
    ],
    [
      'method unknown',
      'amount=100&currency=eur&payment_method=pm_x',
      400,
      'payment_method',
      'resource_missing',
    ],
    ['parameter unknown', 'amount=100&currency=eur&__proto__[x]=1', 400, '__proto__[x]', 'parameter_unknown'],
    [
      'redirect possible',
      'amount=100&currency=eur&payment_method=pm_card_visa&confirm=true',
      400,
      'return_url',
      undefined,
    ],
    [
      'types in the way of old',
      'amount=100&currency=eur&payment_method_types[]=card',
      400,
      'payment_method_types',
      'payment_method_types_no_longer_supported',
    ],
    ['metadata nested', 'amount=100&currency=eur&metadata[a][b]=1', 400, 'metadata', undefined],
    ['percent-encoding broken', 'amount=%zz', 400, undefined, undefined],
    ['UTF-8 broken', Buffer.from([0x61, 0x3d, 0xff]), 400, undefined, undefined],
    [
      'parameters too many',
      Array.from({ length: 300 }, (_, n) => `p${n}=1`).join('&'),
      400,
      undefined,
      undefined,
    ],
    ['body too large', `description=${'x'.repeat(70_000)}`, 413, undefined, undefined],
  ] as const)('with %s is refused in Stripe’s shape', async ([, body, status, param, code]) => {
    const response = await post('/v1/payment_intents', body);
    expect(response.status).toBe(status);
    const { error } = (await response.json()) as { error: Record<string, unknown> };
    expect(error).toMatchObject({ type: 'invalid_request_error', message: expect.any(String) });
    expect([error.param, error.code]).toEqual([param, code]);
  });

  test('needs a test key, a known address, a form and a key of at most 255 characters', async () => {
    const body = 'amount=100&currency=eur';
    const statusWith = async (path: string, headers: Record<string, string>) =>
      (await post(path, body, headers)).status;
    const basic = `Basic ${Buffer.from('sk_test_orders:').toString('base64')}`;
    expect(await statusWith('/v1/payment_intents', { authorization: basic })).toBe(200);
    expect(await statusWith('/v1/payment_intents', { authorization: 'Bearer sk_live_x' })).toBe(401);
    expect(await statusWith('/v1/payment_intents', { authorization: '' })).toBe(401);
    expect(await statusWith('/v1/payment_intents/%00/confirm', {})).toBe(404);
    expect(await statusWith('/v1/customers', {})).toBe(404);
    expect(await statusWith('/v1/payment_intents/pi_none/confirm', {})).toBe(400);
    expect(await statusWith('/v1/payment_intents', { 'content-type': 'application/json' })).toBe(400);
    expect(await statusWith('/v1/payment_intents', { 'Idempotency-Key': 'k'.repeat(256) })).toBe(400);
    expect(await statusWith('/v1/payment_intents', { 'Idempotency-Key': 'k'.repeat(255) })).toBe(200);
    const missing = await refusal(shared.stripe.paymentIntents.retrieve('pi_none'));
    expect(missing).toMatchObject({ statusCode: 404, code: 'resource_missing' });
    const anonymous = await refusal(
      new Stripe('pk_wrong', { ...hostOf(shared.url) }).paymentIntents.retrieve('x'),
    );
    expect(anonymous).toBeInstanceOf(Stripe.errors.StripeAuthenticationError);
  });
});

function hostOf(url: string): Stripe.StripeConfig {
  const { hostname, port } = new URL(url);
  return { host: hostname, port, protocol: 'http', telemetry: false };
}

describe('the process', () => {
  test('cuts off a last line torn by a crash and goes on', async () => {
    const [kept, next] = [newOrder(), newOrder()];
    const before = await start('torn.jsonl');
    await charge(kept, 'pm_card_visa', before.stripe);
    await end(before.child, 'SIGKILL');
    const whole = await readFile(join(folder, 'torn.jsonl'), 'utf8');
    await appendFile(join(folder, 'torn.jsonl'), whole.slice(0, 700));

    const after = await start('torn.jsonl');
    expect(await readFile(join(folder, 'torn.jsonl'), 'utf8')).toBe(whole);
    await charge(next, 'pm_card_visa', after.stripe);
    await end(after.child, 'SIGKILL');
    const again = await start('torn.jsonl');
    for (const order of [kept, next]) expect((await ledger(order, again.url)).captures).toBe(1);
    await end(again.child, 'SIGTERM');
  });

  test('refuses a ledger that is damaged before its last line', async () => {
    const damaged = join(folder, 'damaged.jsonl');
    await writeFile(damaged, '{"kind":"replayed","at":"","order":null}\n{"kind":\n{"kind":"replayed"}\n');
    const { child, output } = spawnSandbox('damaged.jsonl');
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output()).toMatch(/^payment sandbox: .*damaged at byte 41.*\n$/);
  });

  test.for([
    [{ STAGE: 'prod', HOST: '0.0.0.0' }, /in the stage local only, and STAGE is "prod"/],
    [{ STAGE: '' }, /in the stage local only, and STAGE is not set/],
    [{ STRIPE_WEBHOOK_URL: 'http://127.0.0.1:9/hooks' }, /needs STRIPE_WEBHOOK_SECRET_KEY/],
    [{ STRIPE_WEBHOOK_URL: 'hooks', STRIPE_WEBHOOK_SECRET_KEY: 'whsec_x' }, /must be an address/],
  ] as const)('refuses to start with %j', async ([settings, reason]) => {
    const { child, output } = spawnSandbox('refused.jsonl', 0, settings);
    const [code] = await once(child, 'exit');
    expect(code).toBe(1);
    expect(output()).toMatch(reason);
  });

  test('ends with 1 and one line, leaving the ledger alone, when the port is taken', async () => {
    const squatter = createServer().listen(0, '127.0.0.1');
    await once(squatter, 'listening');
    const { port } = squatter.address() as AddressInfo;
    await writeFile(join(folder, 'taken.jsonl'), '{"torn');
    const { child, output } = spawnSandbox('taken.jsonl', port);
    const [code] = await once(child, 'exit');
    squatter.close();
    expect(code).toBe(1);
    expect(output()).toBe(`payment sandbox: port ${port} on 127.0.0.1 is already in use\n`);
    expect(await readFile(join(folder, 'taken.jsonl'), 'utf8')).toBe('{"torn');
  });

  test('finishes what it executes before it ends on SIGTERM, and does not wait for what hangs', async () => {
    const [slow, withheld] = [newOrder(), newOrder()];
    const { url, child, stripe } = await start('sigterm.jsonl');
    const dropped = refusal(charge(withheld, 'pm_sandbox_timeoutAfterCharge', stripe));
    await expect.poll(async () => (await ledger(withheld, url)).captures).toBe(1);
    await control(url, { latencyMs: 300 });
    const finished = charge(slow, 'pm_card_visa', stripe);
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(await end(child, 'SIGTERM')).toBe(0);
    expect((await finished).status).toBe('succeeded');
    expect(await dropped).toBeInstanceOf(Stripe.errors.StripeConnectionError);
  });

  test('ends when the parent that forked it disconnects', async () => {
    const { child } = await start('orphan.jsonl');
    const exited = once(child, 'exit');
    child.disconnect();
    expect((await exited)[0]).toBe(0);
  });

  test('starts inside a test, too', async () => {
    const order = newOrder();
    const sandbox = await startPaymentSandbox({
      port: 0,
      ledgerFile: join(folder, 'a', 'b', 'inside.jsonl'),
    });
    await charge(order, 'pm_card_visa', client(sandbox.url));
    expect((await ledger(order, sandbox.url)).captures).toBe(1);
    await sandbox.close();
  });
});
