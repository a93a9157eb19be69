import { shop } from '../../../functions/shop.ts';
import { alarmsTemplate } from '../../../infra/aws/templates/alarms.ts';
import { brokerTemplate } from '../../../infra/aws/templates/broker.ts';
import { tablesTemplate } from '../../../infra/aws/templates/tables.ts';
import { readTemplate } from '../../../infra/aws/templates/template.ts';
import { type Template, templateSchema } from './package.ts';

/** The separate stacks, and the alarms of `prod`, which are part of the functions' stack. */
export const tables: Template = templateSchema.parse(tablesTemplate(shop));
export const broker: Template = templateSchema.parse(brokerTemplate(shop));
export const alarms: Template = templateSchema.parse(alarmsTemplate(shop, 'prod'));
export const account: Template = templateSchema.parse(readTemplate('../account.yml'));

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
