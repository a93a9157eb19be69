import type * as z from 'zod';
import type { Parameter } from '../../engine/http/check.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import type { Answer, AnswerHeader, Operation, Operations } from './operation.ts';
import { Problem, problemAnswers } from './problems.ts';
import type { Route } from './routes.ts';
import { type JsonSchema, Schemas } from './schemas.ts';

const headers: Readonly<Record<AnswerHeader, { readonly description: string; readonly isAlways: boolean }>> =
  {
    Location: { description: 'Where to read it.', isAlways: true },
    Link: { description: 'Where to wait for its end: `rel="status"` (RFC 8631).', isAlways: true },
    ETag: { description: 'Its version, for `If-None-Match`.', isAlways: true },
    'Preference-Applied': {
      description: 'Whether the wish to wait was respected (RFC 7240).',
      isAlways: false,
    },
    'Cache-Control': { description: 'How long it may be kept.', isAlways: true },
  };

export interface Described {
  readonly title: string;
  readonly description: string;
  /** The names of answers' schemas. */
  readonly named: Readonly<Record<string, z.ZodType>>;
  /** What the calls are about: the first step of their path, or what the operation says. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The OpenAPI 3.1 document of these routes. https://spec.openapis.org/oas/v3.1.1
 * @throws Error if an operation says nothing of a route, or is of none
 */
export function openapiOf(
  saga: Saga,
  routes: readonly Route[],
  operations: Operations,
  { title, description, named, tags }: Described,
  version: string,
) {
  checkAll(routes, operations, tags);
  const [sent, answered] = [new Schemas({}, 'input'), new Schemas(named, 'output')];
  const paths: Record<string, Record<string, object>> = {};
  const responses: Record<string, object> = {};
  for (const route of routes) {
    const operation = operations[`${route.method} ${route.path}`] as Operation;
    const described = operationOf(saga, route, operation, sent, answered);
    Object.assign(responses, described.components);
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: described.operation };
  }
  return {
    openapi: '3.1.1',
    info: { title, version, description, license: { name: 'MIT', identifier: 'MIT' } },
    servers: [
      { url: '.', description: 'Where this document was read' },
      { url: 'http://127.0.0.1:3000', description: 'npm start' },
    ],
    tags: Object.entries(tags).map(([name, what]) => ({ name, description: what })),
    paths,
    components: {
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Each of the alternatives names a role that the token may have.',
        },
      },
      schemas: { Problem, ...answered.components() },
      responses: Object.fromEntries(Object.entries(responses).toSorted(([a], [b]) => (a < b ? -1 : 1))),
    },
  };
}

function checkAll(routes: readonly Route[], operations: Operations, tags: Described['tags']): void {
  const known = routes.map((route) => [`${route.method} ${route.path}`, route] as const);
  const missing = known.filter(([name]) => operations[name] === undefined).map(([name]) => name);
  if (missing.length > 0) throw new Error(`infra/specs/ says nothing of ${missing.join(', ')}`);
  const gone = Object.keys(operations).filter((name) => !known.some(([each]) => each === name));
  if (gone.length > 0)
    throw new Error(`infra/specs/ speaks of routes that are not there: ${gone.join(', ')}`);
  const untold = known
    .map(([name, route]) => tagOf(route, operations[name]))
    .filter((tag) => tags[tag] === undefined);
  if (untold.length > 0) throw new Error(`infra/specs/ has no tag ${[...new Set(untold)].join(', ')}`);
}

function operationOf(saga: Saga, route: Route, operation: Operation, sent: Schemas, answered: Schemas) {
  const { tells, hasToken } = route;
  const problems = [...tells.flatMap((told) => told.problems ?? []), ...(operation.problems ?? [])];
  const { responses, components } = problemAnswers(saga, problems, hasToken);
  const parameters = [...tells.flatMap((told) => told.parameters ?? []), ...(operation.parameters ?? [])];
  return {
    components,
    operation: {
      tags: [tagOf(route, operation)],
      operationId: idOf(route),
      summary: operation.summary,
      ...(operation.description === undefined ? {} : { description: operation.description }),
      security: securityOf(route),
      ...(parameters.length === 0 ? {} : { parameters: parameters.map((each) => parameterOf(each, sent)) }),
      ...bodyOf(route, operation, sent),
      responses: {
        ...Object.fromEntries(
          Object.entries(operation.answers).map(([status, answer]) => [status, answerOf(answer, answered)]),
        ),
        ...responses,
      },
    },
  };
}

const tagOf = ({ path }: Route, operation?: Operation): string => operation?.tag ?? path.split('/')[1] ?? '';

const idOf = ({ name }: Route): string =>
  name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());

/** Each alternative is a role of its own. */
function securityOf({ tells, hasToken }: Route): readonly object[] {
  if (!hasToken) return [];
  const roles = tells.flatMap((told) => told.roles ?? []);
  return roles.length === 0 ? [{ bearer: [] }] : roles.map((role) => ({ bearer: [role] }));
}

function parameterOf({ in: place, name, schema, isRequired, description }: Parameter, sent: Schemas) {
  return {
    name,
    in: place,
    ...(isRequired === true ? { required: true } : {}),
    ...(description === '' ? {} : { description }),
    schema: sent.of(schema),
  };
}

function bodyOf({ tells }: Route, { example }: Operation, sent: Schemas): object {
  const told = tells.find(({ body }) => body !== undefined);
  if (told?.body === undefined) return {};
  const { body, maxBytes, noBodyFrom } = told;
  const words = [
    ...(maxBytes === undefined ? [] : [`At most ${maxBytes} bytes.`]),
    ...(noBodyFrom === undefined ? [] : [`Needed, but not from a ${noBodyFrom}, whose body is not read.`]),
  ];
  return {
    requestBody: {
      ...(words.length === 0 ? {} : { description: words.join(' ') }),
      ...(noBodyFrom === undefined ? { required: true } : {}),
      content: {
        'application/json': { schema: sent.of(body), ...(example === undefined ? {} : { example }) },
      },
    },
  };
}

function answerOf(
  { description, schema, contentType, headers: names = [], example }: Answer,
  answered: Schemas,
) {
  const content: { schema?: JsonSchema; example?: unknown } = {
    ...(schema === undefined ? {} : { schema: answered.of(schema) }),
    ...(example === undefined ? {} : { example }),
  };
  return {
    description,
    ...(names.length === 0
      ? {}
      : {
          headers: Object.fromEntries(
            names.map((name) => {
              const { description: what, isAlways } = headers[name];
              return [
                name,
                { description: what, ...(isAlways ? { required: true } : {}), schema: { type: 'string' } },
              ];
            }),
          ),
        }),
    ...(schema === undefined ? {} : { content: { [contentType ?? 'application/json']: content } }),
  };
}
