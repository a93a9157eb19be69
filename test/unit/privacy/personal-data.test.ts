import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type * as z from 'zod';
import { classOf, type DataClass, membersOf } from '../../../engine/saga/personal-data.ts';
import { tables } from '../../../functions/privacy/tables.ts';
import { shop } from '../../../functions/shop.ts';
import { projectDir } from '../../../infra/local/project.ts';

/**
 * Goal: nobody stores something of a person without knowing it. Method: each member of each record and event has a class, and
 * the table in docs/security.md is compared with them.
 */
const security = readFileSync(join(projectDir, 'docs/security.md'), 'utf8');

/** The engine's own word for where a record stands. */
const ENGINES = new Set(['status']);

/** Every member with its class, or undefined; of one without a class of its own, what is in it. */
function classesIn(
  schemas: readonly z.ZodType[],
): readonly (readonly [name: string, DataClass | undefined])[] {
  return [...membersOf(schemas)].flatMap(([name, each]) => {
    if (ENGINES.has(name)) return [];
    const classes = each.flatMap((schema) => classOf(schema) ?? []);
    if (classes.includes('personal')) return [[name, 'personal'] as const];
    const [first] = classes;
    if (first !== undefined) return [[name, first] as const];
    const nested = classesIn(each);
    return nested.length === 0 && !isEmpty(each) ? [[name, undefined] as const] : nested;
  });
}

/** An object that has nothing in it yet, perhaps an optional one. */
const isEmpty = (schemas: readonly z.ZodType[]): boolean =>
  schemas.every(({ def }) =>
    'innerType' in def
      ? isEmpty([def.innerType as z.ZodType])
      : 'shape' in def && Object.keys(Object(def.shape)).length === 0,
  );

const namesOf = (schemas: readonly z.ZodType[], wanted: DataClass): readonly string[] =>
  [...new Set(classesIn(schemas).flatMap(([name, found]) => (found === wanted ? [name] : [])))].toSorted();

const documented = (
  where: string,
): readonly [personal: readonly string[], pseudonymous: readonly string[]] => {
  const row = security.split('\n').find((line) => line.startsWith(`| ${where}`)) ?? '';
  const [, , personal = '', pseudonymous = ''] = row.split('|');
  const names = (cell: string) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name).toSorted();
  return [names(personal), names(pseudonymous)];
};

/** Those whose row there is: a participant that was just added has none yet, and no member without a class either. */
const described = shop.services.filter((service) => security.includes(`| the table of *${service}*`));
const saidBy = (services: readonly string[]): readonly z.ZodType[] =>
  Object.entries(shop.events).flatMap(([type, { schema }]) =>
    services.includes(shop.publisherOf(type)) ? [schema as z.ZodType] : [],
  );

test.each([
  ...Object.entries(tables).map(([service, { schema }]) => [`the table of ${service}`, [schema]] as const),
  ['an event', saidBy(shop.services)] as const,
])('%s has no member without a class', (_, schemas) => {
  expect(classesIn(schemas).flatMap(([name, found]) => (found === undefined ? [name] : []))).toEqual([]);
});

test('the shop’s own tables are in the documents', () => {
  expect(described).toEqual(expect.arrayContaining(['order', 'inventory', 'payment']));
});

const kept: readonly (readonly [where: string, schemas: readonly z.ZodType[]])[] = [
  ...described.map((service) => [`the table of *${service}*`, [tables[service].schema]] as const),
  ['events: ', saidBy(described)],
];

test.each(kept)('%s is in the documents as it is in the schemas', (where, schemas) => {
  const [personal, pseudonymous] = documented(where);
  expect(personal).toEqual(namesOf(schemas, 'personal'));
  expect(pseudonymous).toEqual(namesOf(schemas, 'pseudonymous'));
});
