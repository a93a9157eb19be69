import type { Schema } from './documents.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** A text as HTML. */
export const escaped = (text: string): string => text.replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? '');

/** A text whose `code` is marked, as HTML. */
export const prose = (text: string): string =>
  escaped(text).replaceAll(/`([^`]+)`/g, (_, code: string) => `<code>${code}</code>`);

/** The place of a schema on the page. */
export const anchorOf = (name: string): string => `schema-${name}`;

const INDENT = '  ';

/** A schema as people write types, in HTML: its members, what each may be, and in words what else it has to be. */
export function schemaText(schema: Schema, indent = ''): string {
  const { $ref, anyOf, oneOf, allOf, items, properties, additionalProperties } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return `<a href="#${escaped(anchorOf(name))}">${escaped(name)}</a>`;
  }
  const alternatives = anyOf ?? oneOf;
  if (alternatives !== undefined)
    return alternatives.map((each) => schemaText(each, indent)).join(`\n${indent}or `);
  if (schema.const !== undefined) return valueText(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(valueText).join(' | ');
  if (items !== undefined) return `${schemaText(items, indent)}[]${range(schema)}`;
  if (properties !== undefined) return objectText(schema, indent);
  if (allOf !== undefined)
    return `${schema.type ?? ''} ${allOf.map((each) => schemaText(each, indent)).join(' and ')}`.trim();
  if (typeof additionalProperties === 'object')
    return `{ <i>any name</i>: ${schemaText(additionalProperties, indent)} }`;
  return `${escaped(schema.format ?? schema.type ?? (schema.pattern === undefined ? 'anything' : ''))}${range(schema)}`.trim();
}

function objectText({ properties = {}, required = [] }: Schema, indent: string): string {
  const inner = `${indent}${INDENT}`;
  const members = Object.entries(properties).map(([name, each]) => {
    const words = each.description === undefined ? '' : `  <i>${prose(each.description)}</i>`;
    const without = each.default === undefined ? '' : ` = ${valueText(each.default)}`;
    const mark = required.includes(name) ? '' : '?';
    return `${inner}<b>${escaped(name)}</b>${mark}: ${schemaText(each, inner)}${without}${words}`;
  });
  return members.length === 0 ? '{}' : `{\n${members.join('\n')}\n${indent}}`;
}

const valueText = (value: unknown): string => `<span>${escaped(JSON.stringify(value))}</span>`;

/** How large or long it may be, and what it looks like. */
function range(schema: Schema): string {
  const between = (from: number | undefined, to: number | undefined, what: string): string => {
    if (from === undefined && to === undefined) return '';
    if (to === undefined) return ` (at least ${from}${what})`;
    return ` (${from === undefined ? 'at most ' : `${from} to `}${to}${what})`;
  };
  return [
    schema.pattern === undefined ? '' : ` /${escaped(schema.pattern)}/`,
    between(schema.minimum, schema.maximum, ''),
    between(schema.minLength, schema.maxLength, ' characters'),
    between(schema.minItems, schema.maxItems, ' items'),
  ].join('');
}
