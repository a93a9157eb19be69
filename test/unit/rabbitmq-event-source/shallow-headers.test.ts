import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { projectDir } from '../../../infra/local/project.ts';

const text = (folder: string) => readFileSync(join(projectDir, folder, 'shallow-headers.ts'), 'utf8');

test('the event source, which stands alone, reads deep headers as the engine does', () => {
  expect(text('infra/local/rabbitmq-event-source')).toBe(text('engine/rabbitmq'));
});
