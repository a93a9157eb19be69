import { inject } from 'vitest';
import type { Template } from './package.ts';
import { readTemplate } from './templates.ts';

/** What would be deployed to prod: the packaged template, and those that are deployed by themselves. */
export const template: Template = inject('productionTemplate');
export const broker = readTemplate('broker.yml');
export const tables = readTemplate('tables.yml');
export const templates = [template, broker, tables, readTemplate('account.yml')];

export const ofType = (type: string, from = template) =>
  Object.entries(from.Resources).filter(([, resource]) => resource.Type === type);

// biome-ignore lint/suspicious/noExplicitAny: each assertion says what it expects of a template's shape
export const propertiesOf = (type: string, from = template): [string, Record<string, any>][] =>
  ofType(type, from).map(([name, { Properties }]) => [name, Properties]);

export const functions = () => propertiesOf('AWS::Lambda::Function');

export const shortName = ({ FunctionName }: Record<string, unknown>) =>
  String(FunctionName).replace('order-saga-prod-', '');
