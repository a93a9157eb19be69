import { expect, test } from 'vitest';
import { View } from '../../../engine/batch/view.ts';
import { stock } from '../../support/engine-runs.ts';
import { MemoryStore } from '../../support/memory-store.ts';

const change = (order: string, taken: number) => ({
  item: { pk: order, version: 1 },
  expects: 'absent' as const,
  adjusts: [{ key: 'SKU#mug', attribute: 'available', delta: -taken }],
});

async function loaded() {
  const store = new MemoryStore([stock('mug', 5)]);
  const view = new View(store);
  await view.load(['SKU#mug', 'ghost']);
  return { store, view, available: () => view.get('SKU#mug')?.available };
}

test('what is known is read once, also when it is known to be absent', async () => {
  const { store, view } = await loaded();
  await view.load(['SKU#mug', 'ghost', 'ghost', 'other']);
  await view.load(['SKU#mug', 'other']);
  expect(store.reads).toEqual([['SKU#mug', 'ghost'], ['other']]);
});

test('a draft is seen by the decisions after it, and gone with the next draft', async () => {
  const { view, available } = await loaded();
  view.beginDraft();
  view.draft(change('order 1', 2));
  view.draft(change('order 2', 1));
  expect(available()).toBe(2);
  expect(view.get('order 1')).toEqual({ pk: 'order 1', version: 1 });
  view.beginDraft();
  expect(available()).toBe(5);
  expect(view.get('order 1')).toBeUndefined();
});

test('what is confirmed stays, and what was drafted beside it does not', async () => {
  const { view, available } = await loaded();
  view.beginDraft();
  view.draft(change('order 1', 2));
  view.draft(change('order 2', 1));
  view.confirm(change('order 2', 1));
  view.beginDraft();
  expect(available()).toBe(4);
  expect(view.get('order 1')).toBeUndefined();
  expect(view.get('order 2')).toBeDefined();
});

test('what a refusal taught replaces what was read; what is forgotten is read again', async () => {
  const { store, view, available } = await loaded();
  view.learn('SKU#mug', stock('mug', 1));
  expect(available()).toBe(1);
  view.forget('SKU#mug');
  await view.load(['SKU#mug']);
  expect(available()).toBe(5);
  expect(store.reads).toHaveLength(2);
});
