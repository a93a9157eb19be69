import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { intrinsicTags } from '../../../infra/local/dynamodb/template.ts';
import { projectDir } from '../../../infra/local/project.ts';
import { type Template, templateSchema } from './package.ts';

/** A template of infra/aws that is deployed by itself. */
export function readTemplate(name: string): Template {
  const text = readFileSync(join(projectDir, 'infra/aws', name), 'utf8');
  return templateSchema.parse(parse(text, { customTags: intrinsicTags() }));
}

/** Every object in a template that has the member, with its path. */
export function* membersNamed(
  name: string,
  value: unknown,
  path = '',
): Generator<readonly [string, unknown]> {
  if (typeof value !== 'object' || value === null) return;
  for (const [key, each] of Object.entries(value)) {
    if (key === name) yield [`${path}.${key}`, each];
    yield* membersNamed(name, each, `${path}.${key}`);
  }
}
