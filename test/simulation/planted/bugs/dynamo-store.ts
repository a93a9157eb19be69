import { bugsIn } from '../planter/bug.ts';

/** What DynamoDB is asked, and what its answers are taken for. */
export const dynamoStoreBugs = bugsIn('engine/dynamodb/dynamo-store.ts', [
  {
    name: 'a key asked for twice in one request',
    in: 'DynamoStore.read.keys',
    plant: (_: unknown, { wanted }: { readonly wanted: readonly string[] }) => wanted,
  },
  {
    name: 'what DynamoDB has left unread taken for absent',
    in: 'DynamoStore.#batchGet',
    at: { call: 'this.#answered' },
    plant: async (original: () => Promise<object>) => ({ ...(await original()), UnprocessedKeys: undefined }),
  },
  {
    name: 'what stands in the way of a put not asked for',
    in: 'DynamoStore.#putRequest',
    at: { member: 'ReturnValuesOnConditionCheckFailure' },
    plant: () => 'NONE',
  },
  {
    name: 'a counter changed without a condition',
    in: 'DynamoStore.#addRequest',
    at: { member: 'ConditionExpression' },
    plant: () => 'attribute_exists(pk)',
  },
]);
