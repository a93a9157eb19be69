import { expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { sampledAnswer, sampledFact } from '../support/sampled-facts.ts';

test.each(shop.eventTypes)('made-up data of %s can be said', (type) => {
  const { data } = sampledFact(shop, type);
  expect(shop.readFact(type, shop.versionOf(type), data)).toMatchObject({ kind: 'read' });
  expect(sampledAnswer(shop, type)).not.toHaveProperty(shop.owner);
});

test('of no event nothing is made up', () => {
  expect(() => sampledFact(shop, 'Nothing')).toThrow('the saga has no event Nothing');
});
