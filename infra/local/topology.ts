import { join } from 'node:path';
import { projectDir } from './project.ts';
export async function applyLocalTopology(url: string): Promise<void> {
  const module: { applyTopology: (url: string) => Promise<void> } = await import(
    join(projectDir, 'infra/broker/apply.ts')
  );
  await module.applyTopology(url);
}
