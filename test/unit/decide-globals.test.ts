import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseSync } from '@swc/core';
import { describe, expect, test } from 'vitest';
import { shop } from '../../functions/shop.ts';
import { projectDir } from '../../infra/local/project.ts';

/** Clock, chance, environment, input and output, and whatever happens later. */
const impure = new Set([
  ...['Date', 'performance', 'Temporal', 'Intl', 'Math.random', 'crypto', 'process', 'globalThis', 'console'],
  ...['fetch', 'Promise', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask'],
  ...['async', 'await', 'import()', 'yield'],
]);

/** What a source text uses of the above, by its syntax tree, so that a comment may name it. */
function impurities(source: string): readonly string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null || isType(node as Record<string, unknown>)) return;
    const name = nameOf(node as Record<string, unknown>);
    if (name !== undefined && impure.has(name)) found.add(name);
    for (const child of Object.values(node)) visit(child);
  };
  visit(parseSync(source, { syntax: 'typescript', target: 'es2024' }));
  return [...found];
}

/** Types are gone when the code runs. */
const isType = ({ type }: Record<string, unknown>): boolean =>
  type === 'TsInterfaceDeclaration' || type === 'TsTypeAliasDeclaration' || type === 'TsTypeAnnotation';

function nameOf(node: Record<string, unknown>): string | undefined {
  const { type, value } = node;
  if (node.async === true || node.isAsync === true) return 'async';
  if (type === 'AwaitExpression') return 'await';
  if (type === 'YieldExpression') return 'yield';
  if (type === 'Import') return 'import()';
  if (type === 'MemberExpression') {
    const [object, property] = [node.object, node.property] as { value?: unknown }[];
    return `${String(object?.value)}.${String(property?.value)}`;
  }
  return type === 'Identifier' && typeof value === 'string' ? value : undefined;
}

describe('a decision', () => {
  test.each([
    ['Date', 'export const decide = () => new Date();'],
    ['Math.random', 'export const decide = () => Math.random();'],
    ['process', 'export const decide = () => process.env.STAGE;'],
    ['async', 'export const decide = async () => 1;'],
    ['Promise', 'export function decide() { return Promise.resolve(1); }'],
    ['import()', "export const decide = () => import('node:fs');"],
    ['setTimeout', 'export class Decision { decide() { setTimeout(() => {}); } }'],
  ])('that uses %s would be found', (name, source) => {
    expect(impurities(source)).toContain(name);
  });

  test.each([
    '// No Date, no process.\nexport const decide = (n: number) => Math.min(n, 1);',
    'export interface Outside { ask(): Promise<void> }\nexport const decide = (out: () => Promise<1>) => 1;',
  ])('may name them in a comment and as a type, and use the rest of Math: %#', (source) => {
    expect(impurities(source)).toEqual([]);
  });

  const decisions = globSync('functions/*/decide.ts', { cwd: projectDir });
  const saga = globSync('engine/saga/*.ts', { cwd: projectDir });

  test('exists for each participant, and for the one that is there only with subscribers', () => {
    expect(new Set(decisions.map((path) => path.split('/')[1]))).toEqual(
      new Set([...shop.services, 'webhooks']),
    );
    expect(saga.length).toBeGreaterThan(10);
  });

  test('and everything it is made of may make a text of the moment it is told, and nothing else', () => {
    const used = saga.map(
      (path) => [path, impurities(readFileSync(join(projectDir, path), 'utf8'))] as const,
    );
    expect(used.filter(([, names]) => names.length > 0)).toEqual([['engine/saga/iso-time.ts', ['Date']]]);
  });

  test.each(decisions)('has no clock, chance, environment or waiting: %s', (path) => {
    expect(impurities(readFileSync(join(projectDir, path), 'utf8'))).toEqual([]);
  });
});
