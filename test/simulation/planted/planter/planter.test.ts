import { transformSync } from '@swc/core';
import { describe, expect, test } from 'vitest';
import type { Bug } from './bug.ts';
import { planted } from './planted.ts';

/**
 * Goal: a bug is planted where its names say, or not at all. Method: bugs are planted in a small module, which is
 * then run.
 */
const shelf = `
  // Ünïcode moves every byte after it.
  export const LIMIT = 3;
  const twice = (count: number): number => 2 * count;
  function half(count: number): number { return count / 2; }
  export function fetch({ count }: { count: number }, tell: (text: string) => void) {
    const isMany = count > LIMIT;
    for (const step of ['look', 'take']) { if (step === 'take') tell(step); }
    return { count, isMany, doubled: twice(count), halved: half(count) };
  }
  export class Shelf {
    #held = 1;
    readonly list = (prefix: string): string => prefix + this.#held;
    #add(count: number): void { this.#held += count; }
    put(count: number): number { this.#add(count); return this.#held; }
    get held(): number { return this.#held; }
  }
  export const clerk = { serve: async (who: string): Promise<string> => 'served ' + who };
`;

type Shop = {
  readonly LIMIT: number;
  readonly fetch: (wanted: { count: number }, tell: (text: string) => void) => object;
  readonly Shelf: new () => { put(count: number): number; list(prefix: string): string };
  readonly clerk: { serve(who: string): Promise<string> };
};

const bug = (about: Pick<Bug, 'in' | 'at' | 'plant'>): Bug => ({ name: 'a bug', file: 'shelf.ts', ...about });

async function shopWith(about: Pick<Bug, 'in' | 'at' | 'plant'>): Promise<Shop> {
  const { code } = transformSync(planted(bug(about), shelf), {
    jsc: { target: 'esnext', parser: { syntax: 'typescript' } },
  });
  return await import(`data:text/javascript,${encodeURIComponent(code)}`);
}

const fetched = async (about: Pick<Bug, 'in' | 'at' | 'plant'>): Promise<object> => {
  const told: string[] = [];
  const shop = await shopWith(about);
  return { ...shop.fetch({ count: 4 }, (text) => told.push(text)), told };
};
const usual = { count: 4, isMany: true, doubled: 8, halved: 2, told: ['take'] };

describe('what is planted takes the place of', () => {
  test('a function, which it can still call', async () => {
    const plant = (original: (count: number) => number) => (count: number) => original(count) + 0.5;
    expect(await fetched({ in: 'half', plant })).toEqual({ ...usual, halved: 2.5 });
    expect(await fetched({ in: 'twice', plant })).toEqual({ ...usual, doubled: 8.5 });
  });

  test('a constant, at the top or in a function', async () => {
    const shop = await shopWith({ in: 'LIMIT', plant: (original: number) => original + 1 });
    expect(shop.LIMIT).toBe(4);
    const about = { in: 'fetch.isMany', plant: (original: boolean) => !original };
    expect(await fetched(about)).toEqual({ ...usual, isMany: false });
  });

  test('a method, private or not, which may call others and see what they see', async () => {
    type Put = (count: number) => number;
    const plant =
      (original: Put, { add, held }: { add: Put; held: number }) =>
      (count: number) => {
        add(100 * held);
        return original(count);
      };
    expect(new (await shopWith({ in: 'Shelf.put', plant })).Shelf().put(1)).toBe(102);
    const dropped = await shopWith({ in: 'Shelf.#add', plant: () => () => {} });
    expect(new dropped.Shelf().put(1)).toBe(1);
    const listed = await shopWith({
      in: 'Shelf.list',
      plant: (original: (prefix: string) => string) => () => original('planted '),
    });
    expect(new listed.Shelf().list('')).toBe('planted 1');
  });

  test('a member of an object that is a function', async () => {
    const plant = (original: (who: string) => Promise<string>) => (who: string) => original(who + who);
    expect(await (await shopWith({ in: 'clerk.serve', plant })).clerk.serve('you')).toBe('served youyou');
  });

  test('a call, which may be made or not, and what is to be seen there', async () => {
    const plant = (original: () => void, { step }: { step: string }) => {
      if (step !== 'take') original();
    };
    expect(await fetched({ in: 'fetch', at: { call: 'tell' }, plant })).toEqual({ ...usual, told: [] });
  });

  test('a call after a line without a semicolon', () => {
    const text = 'export function count() { let times = 0\n tell(times)\n return 1 }';
    const call = bug({ in: 'count', at: { call: 'tell' }, plant: () => {} });
    expect(planted(call, text)).toContain('let times = 0\n void (');
  });

  test('an argument, a member’s value and the use of a name', async () => {
    const plant = (original: number) => 10 * original;
    const doubled = { in: 'fetch', at: { argument: 0, of: 'twice' }, plant };
    expect(await fetched(doubled)).toEqual({ ...usual, doubled: 80 });
    expect(await fetched({ in: 'fetch', at: { member: 'halved' }, plant })).toEqual({ ...usual, halved: 20 });
    expect(await fetched({ in: 'fetch', at: { member: 'count' }, plant })).toEqual({ ...usual, count: 40 });
    const limit = { in: 'fetch', at: { use: 'LIMIT' }, plant };
    expect(await fetched(limit)).toEqual({ ...usual, isMany: false });
  });
});

const refusalOf = (about: Pick<Bug, 'in' | 'at' | 'plant'>, text = shelf): string => {
  try {
    return planted(bug(about), text);
  } catch (error) {
    return (error as Error).message;
  }
};
const plant = () => () => 0;

describe('nothing is planted, and it is said why', () => {
  test('if the function is not there, or is there twice', () => {
    expect(refusalOf({ in: 'third', plant })).toBe(
      'a bug: cannot be planted in shelf.ts: third: there are 0',
    );
    expect(refusalOf({ in: 'Shelf.#put', plant })).toContain('#put of Shelf.#put: there are 0');
    expect(refusalOf({ in: 'fetch.step', plant })).toContain('it has no value');
    const twice = `${shelf} const other = () => { const isMany = 1; { const isMany = 2; } };`;
    expect(refusalOf({ in: 'other.isMany', plant }, twice)).toContain('isMany of other.isMany: there are 2');
  });

  test('if the part is not there, or is there twice', () => {
    expect(refusalOf({ in: 'fetch', at: { call: 'ask' }, plant })).toContain(
      'the call ask in fetch: there are 0',
    );
    expect(refusalOf({ in: 'fetch', at: { use: 'count' }, plant })).toContain('there are');
    expect(refusalOf({ in: 'fetch', at: { argument: 1, of: 'half' }, plant })).toContain('no argument 1');
  });

  test('if nothing would change', () => {
    expect(refusalOf({ in: 'half', plant: (original: () => number) => original })).toContain(
      'changes nothing',
    );
    expect(refusalOf({ in: 'LIMIT', plant: () => 3 })).toContain('changes nothing');
  });

  test('if it needs what it cannot see', () => {
    type Names = { readonly shelves: number };
    expect(
      refusalOf({
        in: 'half',
        plant:
          (_: unknown, { shelves }: Names) =>
          () =>
            shelves,
      }),
    ).toContain('there is no shelves to be seen');
    expect(
      refusalOf({
        in: 'half',
        plant:
          (_: unknown, { isMany }: { isMany: boolean }) =>
          () =>
            isMany,
      }),
    ).toContain('there is no isMany to be seen');
    expect(refusalOf({ in: 'half', plant: () => () => usual })).toContain('uses usual of its own file');
  });

  test('if the file is no TypeScript any more', () => {
    expect(refusalOf({ in: 'half', plant }, 'function half( {')).toContain('cannot be planted');
  });
});
