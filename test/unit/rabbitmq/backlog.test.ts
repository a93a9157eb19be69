import { describe, expect, test, vi } from 'vitest';
import { backlogOn } from '../../../engine/rabbitmq/backlog.ts';
import { defineSaga } from '../../../engine/saga/define-saga.ts';
import { brokerWith } from '../../support/asked-broker.ts';
import { threeServices as shop } from '../../support/three-services.ts';

describe('the backlog', () => {
  test('is that of the longest queue', async () => {
    const { publisher, open } = brokerWith({ order: 3, inventory: 1_200, payment: 7 });
    expect(await backlogOn(shop, publisher)()).toBe(1_200);
    expect(open()).toBe(0);
  });

  test('of a sharded service is that of its first queue', async () => {
    const { publisher } = brokerWith({ order: 3, 'inventory.0': 40, payment: 7 });
    expect(await backlogOn(shop, publisher)()).toBe(40);
  });

  test('leaves out the queues of which the broker does not speak, or nobody would ever be nudged', async () => {
    const { publisher, open } = brokerWith({ order: 5, inventory: 'refused', payment: 'refused' });
    expect(await backlogOn(shop, publisher)()).toBe(5);
    expect(open()).toBe(0);
  });

  // Fails where a listener counts: while it is down nothing is healed and no deadline kept, although no saga waits for it.
  test('is not that of a participant that only hears how a saga ended', async () => {
    const thanks = { consumes: ['order.confirmed'], says: {} } as const;
    const listened = defineSaga({
      ...shop,
      completes: ['payment.captured'],
      participants: { ...shop.participants, thanks },
    });
    const { publisher } = brokerWith({ order: 3, inventory: 4, payment: 0, thanks: 5_000 });
    expect(await backlogOn(listened, publisher)()).toBe(4);
  });

  // Fails where it throws: as long as one queue is missing, no saga anywhere is nudged or cancelled at its deadline.
  test('leaves out a queue that somebody has deleted, and says which', async () => {
    const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
    const { publisher, open } = brokerWith({ order: 5, inventory: 1 });
    expect(await backlogOn(shop, publisher)()).toBe(5);
    expect(open()).toBe(0);
    expect(write).toHaveBeenCalledExactlyOnceWith(
      expect.stringContaining('"message":"queue missing","service":"payment","queue":"payment"'),
    );
    write.mockRestore();
  });
});
