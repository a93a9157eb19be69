import { auditIndex, EXPIRES } from '../../../engine/saga/audit-index.ts';
import type { TableIndex } from '../../../engine/saga/declaration.ts';
import { initiatorIndexes } from '../../../engine/saga/initiator-table.ts';
import { pascalCase } from '../../../engine/saga/names.ts';
import type { Saga } from '../../../engine/saga/saga.ts';
import { tableNameOf } from '../../functions/variables.ts';
import { auditExport, exportConditions, exportParameters } from './audit-export.ts';
import type { Json, Resource, Resources, Template } from './template.ts';

/** The id of a service's table in a template, and the prefix of related ids: `GiftCardTable`. */
export const tableIdOf = (service: string): string => `${pascalCase(service)}Table`;

/** The indexes of a service's table. */
export const indexesOf = (saga: Saga, service: string): readonly TableIndex[] => [
  ...(service === saga.initiator ? initiatorIndexes(saga) : []),
  ...(saga.partOf(service).indexes ?? []),
  auditIndex,
];

/** The stack of a saga's tables, one for each service. A laptop creates its tables from it too. */
export const tablesTemplate = (saga: Saga): Template => ({
  AWSTemplateFormatVersion: '2010-09-09',
  Description: `The tables of ${saga.name}, one for each service, and the export of its audit.`,
  Parameters: { Stage: { Type: 'String' }, ...exportParameters },
  Conditions: { IsProduction: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] }, ...exportConditions },
  Resources: { ...tablesOf(saga), ...auditExport(saga, tableIdOf) },
  Outputs: Object.fromEntries(
    saga.services.map((service) => [`${tableIdOf(service)}Name`, { Value: { Ref: tableIdOf(service) } }]),
  ),
});

/** A table for each service. */
export const tablesOf = (saga: Saga): Resources =>
  Object.fromEntries(
    saga.services.map((service) => [
      tableIdOf(service),
      tableOf(tableNameOf(saga, service, STAGE), indexesOf(saga, service)),
    ]),
  );

const STAGE = `\${Stage}`;

const tableOf = (name: string, indexes: readonly TableIndex[]): Resource => ({
  Type: 'AWS::DynamoDB::Table',
  DeletionPolicy: 'RetainExceptOnCreate',
  UpdateReplacePolicy: 'Retain',
  Properties: {
    TableName: { 'Fn::Sub': name },
    BillingMode: 'PAY_PER_REQUEST',
    DeletionProtectionEnabled: { 'Fn::If': ['IsProduction', true, false] },
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    AttributeDefinitions: attributesOf(indexes),
    KeySchema: [{ AttributeName: 'pk', KeyType: 'HASH' }],
    GlobalSecondaryIndexes: indexes.map(indexOf),
    StreamSpecification: { StreamViewType: 'NEW_IMAGE' },
    // Entries of the audit have it, and what is noted of no record.
    TimeToLiveSpecification: { AttributeName: EXPIRES, Enabled: true },
  },
});

/** Each attribute once, even if two indexes share it. */
function attributesOf(indexes: readonly TableIndex[]): Json {
  const types = new Map([['pk', 'S']]);
  for (const { partition, sort } of indexes) {
    for (const { name, type } of [partition, sort]) types.set(name, type);
  }
  return [...types].map(([name, type]) => ({ AttributeName: name, AttributeType: type }));
}

const indexOf = ({ name, partition, sort }: TableIndex): Json => ({
  IndexName: name,
  KeySchema: [
    { AttributeName: partition.name, KeyType: 'HASH' },
    { AttributeName: sort.name, KeyType: 'RANGE' },
  ],
  Projection: { ProjectionType: 'KEYS_ONLY' },
});
