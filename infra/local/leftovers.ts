import { endLeftover, identityFileOf } from './processes/own-process.ts';

const graceMs = 20_000;
const titles = [
  ['serverless-offline', 'serverless-offline'],
  ['payments', 'the payment sandbox'],
  ['dynamodb', 'DynamoDB'],
  ['rabbitmq', 'RabbitMQ'],
] as const;

/** Ends only the parts that an earlier run started and left behind when its supervisor was killed. */
export async function endLeftovers(dataDir: string, report: (line: string) => void): Promise<void> {
  await Promise.all(
    titles.map(async ([key, title]) => {
      const wasRunning = await endLeftover(identityFileOf(dataDir, key), graceMs);
      if (wasRunning) report(`✓ ended ${title}, left over from a run that was killed`);
    }),
  );
}
