import { inject } from 'vitest';
import type { Template } from './package.ts';
import { account, broker, tables } from './templates.ts';

/** The templates for prod: the packaged one, and those of the separate stacks. */
export { broker, tables };
export const template: Template = inject('productionTemplate');
export const templates = [template, broker, tables, account];

export const ofType = (type: string, from = template) =>
  Object.entries(from.Resources).filter(([, resource]) => resource.Type === type);

// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
export const propertiesOf = (type: string, from = template): [string, Record<string, any>][] =>
  ofType(type, from).map(([name, { Properties }]) => [name, Properties]);

export const functions = () => propertiesOf('AWS::Lambda::Function');

export const shortName = ({ FunctionName }: Record<string, unknown>) =>
  String(FunctionName).replace('order-saga-prod-', '');
