import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeAll } from '../../../infra/scaffold/write.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'order-saga-write-'));
  writeFileSync(join(folder, 'shop.ts'), 'before');
  mkdirSync(join(folder, 'test'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const there = () => readdirSync(folder, { recursive: true }).map(String).toSorted();
const files = new Map([
  ['shop.ts', 'after'],
  ['functions/gift/decide.ts', 'new'],
  ['functions/gift/gift.ts', 'new'],
  ['test/gift.ts', 'new'],
]);

test('all of the files are written, and what follows is told their paths', () => {
  let told: readonly string[] = [];
  writeAll(folder, files, (paths) => (told = paths));
  expect(told).toEqual([...files.keys()]);
  for (const [path, text] of files) expect(readFileSync(join(folder, path), 'utf8')).toBe(text);
});

test('if what follows fails, every file and every folder is as it was', () => {
  const follow = () => {
    expect(there()).toContain('functions/gift/decide.ts');
    throw new Error('it would not work');
  };
  expect(() => writeAll(folder, files, follow)).toThrow('it would not work');
  expect(there()).toEqual(['shop.ts', 'test']);
  expect(readFileSync(join(folder, 'shop.ts'), 'utf8')).toBe('before');
});

test('if a file cannot be written, none is', () => {
  expect(() => writeAll(folder, new Map([...files, ['test', 'a folder']]), () => {})).toThrow('EISDIR');
  expect(there()).toEqual(['shop.ts', 'test']);
  expect(readFileSync(join(folder, 'shop.ts'), 'utf8')).toBe('before');
});
