import type { openapiOf } from './openapi.ts';
import type { JsonSchema } from './schemas.ts';

interface Media {
  readonly content?: Readonly<Record<string, { readonly schema?: JsonSchema }>>;
}
interface Described {
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly schema: JsonSchema;
  }[];
  readonly requestBody?: Media & { readonly required?: boolean };
  readonly responses: Readonly<Record<string, Media & { readonly $ref?: string }>>;
}
type Responses = Described['responses'];

/** The calls of an OpenAPI document as types of TypeScript: for a client whose compiler knows them, such as api/client.ts. */
export function typesOf({ paths, components }: ReturnType<typeof openapiOf>): string {
  const schemas = Object.entries(components.schemas).map(
    ([name, schema]) => `export type ${name} = ${typeText(schema, '')};\n`,
  );
  const calls = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, operation]) =>
        `  readonly '${method.toUpperCase()} ${path}': ${callText(operation as Described, components.responses as Responses)};\n`,
    ),
  );
  return `// Written by \`npm run specs\`. What each call takes, and answers by status.\n\n${schemas.join('\n')}\nexport interface Calls {\n${calls.join('')}}\n`;
}

function callText({ parameters = [], requestBody, responses }: Described, components: Responses): string {
  const inner = '    ';
  const given = (place: string) =>
    parameters
      .filter((each) => each.in === place)
      .map(({ name, required, schema }) => member(name, required === true, schema, inner));
  const body = requestBody?.content?.['application/json']?.schema;
  const answers = Object.entries(responses)
    .filter(([status]) => /^\d+$/.test(status))
    .map(([status, response]) => `${inner}  readonly ${status}: ${answerText(response, components)};\n`);
  const optional = requestBody?.required === true ? '' : '?';
  return `{
${inner}readonly path: ${braces(given('path'))};
${inner}readonly query: ${braces(given('query'))};
${inner}readonly headers: ${braces(given('header'))};
${inner}readonly body${body === undefined ? '?: undefined' : `${optional}: ${typeText(body, inner)}`};
${inner}readonly answers: {
${answers.join('')}${inner}};
  }`;
}

const braces = (members: readonly string[]): string =>
  members.length === 0 ? '{}' : `{ ${members.join(' ')} }`;

function answerText({ $ref, content }: Responses[string], components: Responses): string {
  if ($ref !== undefined)
    return answerText(components[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {}, components);
  const [media] = Object.values(content ?? {});
  return media?.schema === undefined ? 'undefined' : typeText(media.schema, '      ');
}

const member = (name: string, isRequired: boolean, schema: JsonSchema, indent: string): string =>
  `readonly ${/^\w+$/.test(name) ? name : `'${name}'`}${isRequired ? '' : '?'}: ${typeText(schema, indent)};`;

/** A schema as a type. What a type cannot say is left out. */
export function typeText(schema: JsonSchema, indent: string): string {
  const { $ref, properties, items, type } = schema;
  const alternatives = schema.anyOf ?? schema.oneOf;
  const { $ref: _, ...besides } = schema;
  if ($ref !== undefined) {
    const name = $ref.slice($ref.lastIndexOf('/') + 1);
    return properties === undefined
      ? name
      : `${name} & ${typeText({ ...besides, required: Object.keys(properties) }, indent)}`;
  }
  if (alternatives !== undefined)
    return alternatives.map((each) => typeText(each as JsonSchema, indent)).join(' | ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum !== undefined) return schema.enum.map((each) => JSON.stringify(each)).join(' | ');
  if (type === 'array') return `readonly (${typeText((items ?? {}) as JsonSchema, indent)})[]`;
  if (properties !== undefined) return objectText(schema, indent);
  if (type === 'object') return `{ readonly [name: string]: ${rest(schema, indent)} }`;
  return typeNames[String(type)] ?? 'unknown';
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'string',
  integer: 'number',
  number: 'number',
  boolean: 'boolean',
  null: 'null',
};

function objectText(schema: JsonSchema, indent: string): string {
  const { properties = {}, required = [] } = schema;
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(
    ([name, each]) => `${inner}${member(name, required.includes(name), each as JsonSchema, inner)}\n`,
  );
  const known = `{\n${members.join('')}${indent}}`;
  return typeof schema.additionalProperties === 'object'
    ? `${known} & { readonly [name: string]: ${rest(schema, indent)} }`
    : known;
}

const rest = ({ additionalProperties }: JsonSchema, indent: string): string =>
  typeof additionalProperties === 'object' ? typeText(additionalProperties, indent) : 'unknown';
