import { headOf, type ProblemType } from '../../engine/http/problem.ts';
import type { Saga } from '../../engine/saga/saga.ts';
import { gatewayProblems } from './gateway-problems.ts';
import type { JsonSchema } from './schemas.ts';

/** https://www.rfc-editor.org/rfc/rfc9457 */
export const Problem: JsonSchema = {
  type: 'object',
  description: 'Problem details (RFC 9457).',
  properties: {
    type: {
      type: 'string',
      format: 'uri',
      description: 'What kind of problem it is. Decide by this, and by no text.',
    },
    title: { type: 'string' },
    status: { type: 'integer', description: 'As in the answer’s first line.' },
    detail: { type: 'string', description: 'What to do differently, for people.' },
    errors: {
      type: 'array',
      description: 'What is wrong with the content, and where.',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'A JSON Pointer into the body (RFC 6901).' },
          detail: { type: 'string' },
        },
        required: ['pointer', 'detail'],
      },
    },
  },
  required: ['type', 'title', 'detail'],
};

const RETRY_AFTER = {
  'Retry-After': {
    description: 'After how many seconds it is worth sending the request again, unchanged.',
    required: true,
    schema: { type: 'integer', minimum: 0 },
  },
};
const HOW_TO_COME_IN = {
  'WWW-Authenticate': {
    description: 'Which token is needed (RFC 6750).',
    required: true,
    schema: { type: 'string' },
  },
};
/** These say when to come again. */
const LATER = ['429', '503', '5XX'];

type Told = {
  readonly status: string;
  readonly type: string;
  readonly title: string;
  readonly isPlainJson: boolean;
};

/** The answers of a route that are problems, by status. */
export interface ProblemAnswers {
  /** By status, a reference to one of the components. */
  readonly responses: Readonly<Record<string, object>>;
  readonly components: Readonly<Record<string, object>>;
}

/** @param types what its checks and its handler throw */
export function problemAnswers(saga: Saga, types: readonly ProblemType[], hasToken: boolean): ProblemAnswers {
  const ofFunction = [...new Set([...types, 'internal', 'unavailable'] as const)].map((type) => {
    const head = headOf(saga, type);
    return { ...head, status: String(head.status), isPlainJson: false };
  });
  const ofGateway = gatewayProblems().filter(({ isOfToken }) => hasToken || !isOfToken);
  const byStatus = Map.groupBy<string, Told>([...ofFunction, ...ofGateway], ({ status }) => status);
  const named = [...byStatus].map(([status, told]) => ({ status, ...component(status, told) }));
  return {
    responses: Object.fromEntries(
      named.map(({ status, name }) => [status, { $ref: `#/components/responses/${name}` }]),
    ),
    components: Object.fromEntries(named.map(({ name, response }) => [name, response])),
  };
}

function component(status: string, told: readonly Told[]) {
  const titles = new Map(told.map(({ type, title }) => [type, title]));
  const types = [...titles.keys()].toSorted();
  const name = [status, ...types.map((type) => type.slice(type.lastIndexOf(':') + 1))].join('.');
  const content = {
    schema: {
      $ref: '#/components/schemas/Problem',
      properties: {
        type: { enum: types },
        ...(/^\d+$/.test(status) ? { status: { const: Number(status) } } : {}),
      },
    },
  };
  const response = {
    description: types.map((type) => `${titles.get(type)}.`).join(' '),
    ...(LATER.includes(status) ? { headers: RETRY_AFTER } : {}),
    ...(status === '401' ? { headers: HOW_TO_COME_IN } : {}),
    content: {
      'application/problem+json': content,
      ...(told.some(({ isPlainJson }) => isPlainJson) ? { 'application/json': content } : {}),
    },
  };
  return { name, response };
}
