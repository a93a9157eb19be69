import { DynamoDBClient, QueryCommand } from '@aws-sdk/client-dynamodb';
import { DUE, dueShards } from '../../engine/saga/initiator-table.ts';
import { countMessages } from '../support/saga/books.ts';
import type { World } from '../support/saga/world.ts';
import type { Operators } from './operators.ts';
import { pause } from './pause.ts';

const lookEveryMs = 1_000;
/** A queue counts only what waits in it, not what is being worked on: it has to look quiet this often in a row. */
const looksInARow = 3;

/** Runs the schedule until nothing is under way. Resolves with the time it took; undefined if it never came. */
export async function untilQuiet(
  world: World,
  operators: Operators,
  limitMs: number,
  interrupted: AbortSignal,
): Promise<number | undefined> {
  const begin = performance.now();
  let quietLooks = 0;
  let quietSinceMs = 0;
  for (let look = 0; performance.now() - begin < limitMs && !interrupted.aborted; look += 1) {
    if (look % 2 === 0) operators.nudge().catch(() => {});
    const { waiting } = await countMessages(world.system);
    const isQuiet = waiting === 0 && (await countOpen(world)) === 0;
    if (quietLooks === 0) quietSinceMs = performance.now() - begin;
    quietLooks = isQuiet ? quietLooks + 1 : 0;
    if (quietLooks === looksInARow) return Math.round(quietSinceMs);
    await pause(lookEveryMs, interrupted);
  }
  return undefined;
}

/** Orders that have not ended are in the sparse index. This only tells when to look; the verdict reads the tables. */
async function countOpen({ system }: World): Promise<number> {
  const client = new DynamoDBClient({
    endpoint: system.urls.dynamodb,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'local', secretAccessKey: 'local' },
  });
  try {
    const counts = await Promise.all(
      dueShards.map((shard) =>
        client.send(
          new QueryCommand({
            TableName: system.environment.ORDER_TABLE,
            IndexName: DUE,
            Select: 'COUNT',
            KeyConditionExpression: 'dueShard = :shard',
            ExpressionAttributeValues: { ':shard': { S: shard } },
          }),
        ),
      ),
    );
    return counts.reduce(
      (sum, { Count = 0, LastEvaluatedKey }) => sum + Count + (LastEvaluatedKey ? 1 : 0),
      0,
    );
  } finally {
    client.destroy();
  }
}
