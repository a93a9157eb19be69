import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { projectDir } from '../../../infra/local/project.ts';

/** An answer of the API. `body`: its text. */
export interface Answered {
  readonly status: number;
  readonly header: (name: string) => string | null | undefined;
  readonly body: string;
}

interface Response {
  readonly headers?: Readonly<Record<string, { readonly required?: boolean; readonly schema: object }>>;
  readonly content?: Readonly<Record<string, { readonly schema: object }>>;
}
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly responses: Responses };
}
interface Operation {
  readonly responses: Responses;
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly example?: unknown }>> };
}
type Responses = Readonly<Record<string, Response & { readonly $ref?: string }>>;

const ID = 'openapi';
const document = closed(JSON.parse(readFileSync(join(projectDir, 'api/openapi.json'), 'utf8'))) as Document;
const ajv = new Ajv2020({
  strict: false,
  formats: {
    'date-time': (text: string) => /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text) && !Number.isNaN(Date.parse(text)),
    date: /^\d{4}-\d\d-\d\d$/,
    uri: /^[a-z]+:\S+$/,
  },
}).addSchema(document, ID);
const validators = new Map<string, ValidateFunction>();

/** Callers have to read past members that they do not know. The tests do not: each that is sent has to be described. */
function closed(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closed);
  if (typeof schema !== 'object' || schema === null) return schema;
  const members = Object.fromEntries(Object.entries(schema).map(([name, each]) => [name, closed(each)]));
  const isOpen = members.type === 'object' && 'properties' in members && !('additionalProperties' in members);
  return isOpen ? { ...members, additionalProperties: false } : members;
}

/** The routes that the document has, such as `GET /things/{id}`. */
const describedRoutes: readonly string[] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
);

/** Finds the route of a path as it was called; undefined if the document has none. Literal steps go before parameters. */
export function routeOf(method: string, called: string): string | undefined {
  const [path = ''] = called.split('?');
  const steps = path.replace(/(?<=.)\/$/, '').split('/');
  return describedRoutes
    .filter((route) => {
      const [verb, pattern = ''] = route.split(' ');
      const wanted = pattern.split('/');
      return (
        verb === method &&
        wanted.length === steps.length &&
        wanted.every((step, index) => step.startsWith('{') || step === steps[index])
      );
    })
    .toSorted((a, b) => a.split('{').length - b.split('{').length)[0];
}

/** The bodies that the document shows, by the routes that take them. */
export const exampleBodies: readonly (readonly [route: string, body: unknown])[] = describedRoutes.flatMap(
  (route) => {
    const [method = '', path = ''] = route.split(' ');
    const content = document.paths[path]?.[method.toLowerCase()]?.requestBody?.content['application/json'];
    return content?.example === undefined ? [] : [[route, content.example] as const];
  },
);

/** What of an answer the document does not say; empty if it says all of it. */
export function flawsOfAnswer(route: string, { status, header, body }: Answered): readonly string[] {
  const [method = '', path = ''] = route.split(' ');
  const responses = document.paths[path]?.[method.toLowerCase()]?.responses;
  if (responses === undefined) return [`${route} is not described`];
  const key = [String(status), `${String(status)[0]}XX`].find((each) => each in responses);
  if (key === undefined) return [`${route} does not say that it answers ${status}`];
  const { $ref } = responses[key] ?? {};
  const place = $ref?.slice(1) ?? `/paths/${escaped(path)}/${method.toLowerCase()}/responses/${key}`;
  const response: Response | undefined =
    $ref === undefined ? responses[key] : document.components.responses[$ref.split('/').at(-1) ?? ''];
  const missing = Object.entries(response?.headers ?? {}).flatMap(([name, { required }]) =>
    required === true && (header(name) ?? '') === '' ? [`${route} ${status} has no ${name}`] : [],
  );
  return [
    ...missing,
    ...flawsOfBody(`${route} ${status}`, place, response?.content, header('content-type'), body),
  ];
}

function flawsOfBody(
  what: string,
  place: string,
  content: Response['content'],
  type: string | null | undefined,
  body: string,
): readonly string[] {
  if (content === undefined) return body === '' ? [] : [`${what} has a body`];
  const [contentType = ''] = (type ?? '').split(';');
  if (!(contentType in content)) return [`${what} is ${contentType}`];
  if (!contentType.endsWith('json')) return [];
  const pointer = `${ID}#${place}/content/${escaped(contentType)}/schema`;
  const validate = validators.get(pointer) ?? ajv.compile({ $ref: pointer });
  validators.set(pointer, validate);
  if (validate(JSON.parse(body))) return [];
  return [`${what}: ${ajv.errorsText(validate.errors)} in ${body.slice(0, 2_000)}`];
}

const escaped = (step: string): string =>
  encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1'));
