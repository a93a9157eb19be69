import { shop } from '../../functions/shop.ts';
import { unhindered } from '../support/one-way.ts';
import { readBooks } from '../support/saga/books.ts';
import { reconciliationOf } from '../support/saga/reconciliation.ts';
import { providerIs } from '../support/saga/sandbox.ts';
import type { Product } from '../support/saga/world.ts';
import { readDeadLetters } from './broker-books.ts';
import { Dice } from './dice.ts';
import { startAgain } from './faults.ts';
import type { Load } from './load.ts';
import { nonsenseToFind } from './nonsense.ts';
import type { Operators } from './operators.ts';
import { makeQueuesAgain } from './queue-deletion.ts';
import { unlimitQueues } from './queue-limit.ts';
import type { Stage } from './stage.ts';
import type { Evidence } from './verdict.ts';

const repeatedInTheEnd = 200;

/** What is frozen cannot even be asked to end. */
export function wake({ world }: Stage): void {
  for (const { pid } of Object.values(world.system.parts))
    if (pid !== undefined) process.kill(pid, 'SIGCONT');
}

/** Whatever the saboteur left broken. Safe to call in any state. */
export async function heal(stage: Stage): Promise<void> {
  const { world, links } = stage;
  const { parts } = world.system;
  wake(stage);
  for (const proxy of Object.values(links)) {
    proxy.admit('pass');
    proxy.slow(unhindered);
    proxy.thaw();
  }
  for (const part of [parts.rabbitmq, parts.dynamodb, parts.payments, parts.api]) await startAgain(part);
  await providerIs(world, { latencyMs: 0, outage: 'none' });
  await unlimitQueues(stage).catch(() => {});
  await makeQueuesAgain(stage);
}

/**
 * Reads the books, has every dead letter redriven, asks again under old keys, and reads the books once more. In the end
 * the shop's own auditor looks at everything.
 */
export async function gather(
  stage: Stage,
  load: Load,
  operators: Operators,
  seed: string,
  untilQuiet: () => Promise<unknown>,
): Promise<Evidence> {
  const { world } = stage;
  const { urls } = world.system;
  const books = await readBooks(world, 'judged');
  const deadLetters = await readDeadLetters(urls.rabbitmq);
  for (const service of shop.services) await operators.redriveAll(service);
  const asked = new Dice(`${seed}/in the end`)
    .shuffled([...load.log.orders.values()])
    .slice(0, repeatedInTheEnd);
  await load.again(asked.map(({ errand }) => errand));
  await untilQuiet();
  const ledger = (await (await fetch(`${urls.payments}/ledger`)).json()) as Pick<Evidence, 'withoutOrder'>;
  return {
    log: load.log,
    shelf: shelfWith(world.shelf, operators.received),
    books,
    withoutOrder: ledger.withoutOrder,
    reconciliation: await reconciliationOf(world.system),
    deadLetters,
    poison: nonsenseToFind(operators.poison, stage.deletions, deadLetters),
    afterRedrive: await readBooks(world, 'judged'),
    deadLettersAfterRedrive: await readDeadLetters(urls.rabbitmq),
  };
}

function shelfWith(
  shelf: ReadonlyMap<string, Product>,
  received: ReadonlyMap<string, number>,
): ReadonlyMap<string, Product> {
  return new Map(
    [...shelf].map(([sku, product]) => [
      sku,
      { ...product, available: product.available + (received.get(sku) ?? 0) },
    ]),
  );
}
