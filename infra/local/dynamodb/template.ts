import * as z from 'zod';
import { application } from '../../application.ts';
import { tablesOf } from '../../aws/templates/tables.ts';

const keySchema = z.array(z.object({ AttributeName: z.string(), KeyType: z.enum(['HASH', 'RANGE']) }));

const indexSchema = z.object({
  IndexName: z.string(),
  KeySchema: keySchema,
  Projection: z.object({
    ProjectionType: z.enum(['ALL', 'KEYS_ONLY', 'INCLUDE']),
    NonKeyAttributes: z.array(z.string()).optional(),
  }),
});

/** The properties that an emulator needs of https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-dynamodb-table.html */
const tableSchema = z.object({
  TableName: z.string(),
  KeySchema: keySchema,
  AttributeDefinitions: z.array(
    z.object({ AttributeName: z.string(), AttributeType: z.enum(['S', 'N', 'B']) }),
  ),
  GlobalSecondaryIndexes: z.array(indexSchema).optional(),
});

export type TableDefinition = z.infer<typeof tableSchema>;

/** The tables of the template that AWS gets, with its parameter resolved for one stage. */
export const readTables = (stage: string): readonly TableDefinition[] =>
  Object.values(tablesOf(application)).map(({ Properties }) =>
    tableSchema.parse(resolveIntrinsics(Properties, stage)),
  );

/** Fills in the stage. Functions whose value only AWS knows become undefined: no emulator needs them. */
function resolveIntrinsics(value: unknown, stage: string): unknown {
  if (Array.isArray(value)) return value.map((element) => resolveIntrinsics(element, stage));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  const [key, argument] = entries[0] ?? [];
  if (entries.length === 1 && key === 'Fn::Sub') return String(argument).replaceAll(`\${Stage}`, () => stage);
  if (entries.length === 1 && key?.startsWith('Fn::')) return undefined;
  return Object.fromEntries(entries.map(([name, element]) => [name, resolveIntrinsics(element, stage)]));
}
