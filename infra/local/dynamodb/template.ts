import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type CollectionTag, parse, type ScalarTag, type YAMLMap, type YAMLSeq } from 'yaml';
import * as z from 'zod';
import { projectDir } from '../project.ts';

/** CloudFormation's intrinsic functions in their short form, and the long form each stands for. */
const intrinsics = new Map([
  ['!Ref', 'Ref'],
  ['!Condition', 'Condition'],
  ...[
    'And',
    'Equals',
    'FindInMap',
    'GetAZs',
    'GetAtt',
    'If',
    'ImportValue',
    'Join',
    'Not',
    'Or',
    'Select',
    'Split',
    'Sub',
  ].map((name): [string, string] => [`!${name}`, `Fn::${name}`]),
]);

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const indexSchema = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** What an emulator needs of https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
const tableSchema = z.object({
  TableName: z.string(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(indexSchema).optional(),
});

const templateSchema = z.object({
  Parameters: z.record(z.string(), z.looseObject({ Default: z.unknown().optional() })).optional(),
  Resources: z.record(
    z.string(),
    z.looseObject({ Type: z.string(), Properties: z.record(z.string(), z.unknown()).optional() }),
  ),
});

export type TableDefinition = z.infer<typeof tableSchema>;

/** The tables of the template that AWS gets, with its parameters resolved for one stage. */
export function readTables(stage: string): readonly TableDefinition[] {
  const path = join(projectDir, 'infra/aws/tables.yml');
  const template = templateSchema.parse(parse(readFileSync(path, 'utf8'), { customTags: intrinsicTags() }));
  const values = new Map<string, unknown>();
  for (const [name, parameter] of Object.entries(template.Parameters ?? {}))
    values.set(name, parameter.Default);
  values.set('Stage', stage);
  values.set('AWS::StackName', `order-saga-${stage}`);
  return Object.values(template.Resources)
    .filter((resource) => resource.Type === 'AWS::DynamoDB::Table')
    .map((resource) => tableSchema.parse(resolveIntrinsics(resource.Properties, values)));
}

/** For a YAML parser, which knows none of CloudFormation's. */
export function intrinsicTags(): (ScalarTag | CollectionTag)[] {
  return [...intrinsics].flatMap(([tag, name]) => [
    { tag, resolve: (text: string) => ({ [name]: text }) },
    { tag, collection: 'seq' as const, resolve: (node: YAMLMap | YAMLSeq) => ({ [name]: node.toJSON() }) },
    { tag, collection: 'map' as const, resolve: (node: YAMLMap | YAMLSeq) => ({ [name]: node.toJSON() }) },
  ]);
}

/** Replaces Ref and Fn::Sub. Functions whose value only AWS knows become undefined: no emulator needs them. */
function resolveIntrinsics(value: unknown, values: ReadonlyMap<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((element) => resolveIntrinsics(element, values));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key === 'Ref' && typeof argument === 'string') return values.get(argument);
  if (entries.length === 1 && key === 'Fn::Sub' && typeof argument === 'string') {
    return argument.replaceAll(/\$\{([^}]+)\}/g, (_, name: string) => String(values.get(name)));
  }
  if (entries.length === 1 && key?.startsWith('Fn::')) return undefined;
  return Object.fromEntries(entries.map(([name, element]) => [name, resolveIntrinsics(element, values)]));
}
