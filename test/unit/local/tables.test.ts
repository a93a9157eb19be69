import { describe, expect, test } from 'vitest';
import { tableVariableOf } from '../../../engine/environment/environment.ts';
import { shop } from '../../../functions/shop.ts';
import { readTables } from '../../../infra/local/dynamodb/template.ts';
import { handlerEnvironment } from '../../../infra/local/environment.ts';
import { portsFrom } from '../../../infra/local/ports.ts';

describe("the laptop's tables", () => {
  const tables = readTables('local');

  test('are the ones that the handlers are told of', () => {
    const told = handlerEnvironment({
      ports: portsFrom({}),
      rabbitmqUrl: 'amqp://127.0.0.1',
      servicePassword: 'local',
      dynamodbEndpoint: 'http://127.0.0.1',
    });
    expect(tables.map((table) => table.TableName)).toEqual(
      shop.services.map((service) => told[tableVariableOf(service)]),
    );
  });

  test('define every attribute that a key uses, and no other, as DynamoDB demands', () => {
    for (const table of tables) {
      const keys = [table, ...(table.GlobalSecondaryIndexes ?? [])].flatMap(({ KeySchema }) => KeySchema);
      expect(new Set(table.AttributeDefinitions.map(({ AttributeName }) => AttributeName))).toEqual(
        new Set(keys.map(({ AttributeName }) => AttributeName)),
      );
    }
  });
});
