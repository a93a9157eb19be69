import fc from 'fast-check';
import type { HttpEvent } from '../../../engine/http/http.ts';
import { customerId, orderIdOf } from '../facts.ts';
import { hostileJson, hostileName, hostileText } from './hostile.ts';

/** A call of the API, and the parts of a correct one. */
export interface Call {
  readonly method: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly role: 'customer' | 'operator';
  readonly parameters?: fc.Arbitrary<Readonly<Record<string, string>>>;
  readonly body?: fc.Arbitrary<unknown>;
  readonly isKeyed?: boolean;
  readonly query?: fc.Arbitrary<Readonly<Record<string, string>>>;
}

/** One request, and whether everything about it is right. */
export interface Request {
  readonly event: HttpEvent;
  readonly isCorrect: boolean;
}

type Parts = Pick<
  HttpEvent,
  'headers' | 'multiValueHeaders' | 'pathParameters' | 'queryStringParameters' | 'body' | 'isBase64Encoded'
> & { readonly authorizer: unknown };

type PartName = 'authorizer' | 'headers' | 'pathParameters' | 'queryStringParameters' | 'body';

const JSON_TYPES = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON'];
const idempotencyKey = fc.oneof(
  fc.stringMatching(/^[A-Za-z0-9-]{1,40}$/),
  fc.stringMatching(/^"[a-z][a-z0-9 ,]{0,9}[a-z]"$/),
);

/** API Gateway's two members for headers: `headers` has the last value of each, `multiValueHeaders` all values. */
const gatewayHeaders = (headers: Readonly<Record<string, unknown>> | null) =>
  ({
    headers,
    multiValueHeaders:
      headers && Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  }) as Pick<HttpEvent, 'headers' | 'multiValueHeaders'>;

const caseOf = (name: string) => fc.constantFrom(name, name.toLowerCase(), name.toUpperCase());

const header = (name: string, value: fc.Arbitrary<unknown>) =>
  fc.tuple(caseOf(name), value).map(([spelled, text]) => ({ [spelled]: text }));

function correctHeaders({ body, isKeyed }: Call): fc.Arbitrary<Record<string, unknown>> {
  const nothing = fc.constant({});
  return fc
    .tuple(
      body ? header('Content-Type', fc.constantFrom(...JSON_TYPES)) : nothing,
      isKeyed ? header('Idempotency-Key', idempotencyKey) : nothing,
      fc.oneof(
        nothing,
        header('traceparent', fc.constant('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01')),
      ),
    )
    .map((all) => Object.assign({}, ...all) as Record<string, unknown>);
}

const oddHeader = fc.oneof(
  { weight: 4, arbitrary: hostileText },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(null, undefined, 5, true, [], ['a', 'b'], ['application/json'], {}),
  },
);

/** Headers that are missing, have another value, or come twice with names that differ by case. */
const hostileHeaders = (call: Call): fc.Arbitrary<Record<string, unknown> | null> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(null) },
    {
      weight: 8,
      arbitrary: fc
        .tuple(
          fc.oneof({ weight: 4, arbitrary: correctHeaders(call) }, { weight: 1, arbitrary: fc.constant({}) }),
          fc.dictionary(
            fc.oneof(
              caseOf('Content-Type'),
              caseOf('Idempotency-Key'),
              fc.constantFrom(
                'traceparent',
                'TRACEPARENT',
                'Authorization',
                'Content-Length',
                'X-HTTP-Method-Override',
              ),
              hostileName,
            ),
            oddHeader,
            { maxKeys: 4 },
          ),
          fc.boolean(),
        )
        .map(([correct, odd, first]) => (first ? { ...odd, ...correct } : { ...correct, ...odd })),
    },
  );

const correctBody = ({ body }: Call): fc.Arbitrary<Pick<Parts, 'body' | 'isBase64Encoded'>> =>
  body === undefined
    ? fc.constant({ body: null, isBase64Encoded: false })
    : fc
        .tuple(body, fc.boolean())
        .map(([content, isBase64Encoded]) => bodyPart(Buffer.from(JSON.stringify(content)), isBase64Encoded));

const bodyPart = (bytes: Buffer, isBase64Encoded: boolean) => ({
  body: bytes.toString(isBase64Encoded ? 'base64' : 'utf8'),
  isBase64Encoded,
});

const hostileBody = ({ body }: Call): fc.Arbitrary<Pick<Parts, 'body' | 'isBase64Encoded'>> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.boolean().map((isBase64Encoded) => ({ body: null, isBase64Encoded })) },
    // The flag says base64, but the body is not.
    { weight: 1, arbitrary: hostileText.map((text) => ({ body: text, isBase64Encoded: true })) },
    {
      weight: 12,
      arbitrary: fc
        .tuple(hostileJson(body ?? fc.constant({ items: [] })), fc.boolean())
        .map(([bytes, isBase64Encoded]) => bodyPart(bytes, isBase64Encoded)),
    },
  );

const hostileRecord = (name: string): fc.Arbitrary<Record<string, unknown> | null> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom<Record<string, unknown> | null>(null, {}) },
    {
      weight: 6,
      arbitrary: fc
        .oneof(hostileText, fc.constantFrom<unknown>(null, undefined))
        .map((text) => ({ [name]: text })),
    },
    { weight: 1, arbitrary: fc.dictionary(hostileName, hostileText, { maxKeys: 3 }) },
  );

const encodedJson = hostileJson(fc.constant({ orderId: orderIdOf(1), createdAtMs: 1, sku: 'mug' })).map(
  (bytes) => bytes.toString('base64url'),
);

const hostileQuery: fc.Arbitrary<Record<string, unknown> | null> = fc.oneof(
  { weight: 1, arbitrary: fc.constant(null) },
  {
    weight: 8,
    arbitrary: fc.record(
      {
        limit: fc.oneof(
          fc.constantFrom<unknown>('0', '00', '101', '2001', '-1', '1e1', '٣', ' 5', '5\n', '0x5', '', null),
          hostileText,
        ),
        cursor: fc.oneof({ weight: 3, arbitrary: encodedJson }, { weight: 1, arbitrary: hostileText }),
        status: hostileText,
      },
      { requiredKeys: [] },
    ),
  },
);

const correctAuthorizer = ({ role }: Call) => fc.constant({ principalId: customerId, role });

const hostileAuthorizer: fc.Arbitrary<unknown> = fc.oneof(
  fc.constantFrom<unknown>(null, undefined, {}, [], 'operator', { principalId: customerId }),
  fc.record({
    principalId: fc.oneof(hostileText, fc.constantFrom<unknown>(null, 5, [], customerId)),
    role: fc.oneof(
      fc.constantFrom<unknown>('customer', 'operator', 'OPERATOR', 'customer,operator', ['operator'], null),
      hostileText,
    ),
  }),
);

function correctPart(call: Call, part: PartName): fc.Arbitrary<Partial<Parts>> {
  switch (part) {
    case 'authorizer':
      return correctAuthorizer(call).map((authorizer) => ({ authorizer }));
    case 'headers':
      return correctHeaders(call).map(gatewayHeaders);
    case 'pathParameters':
      return (call.parameters ?? fc.constant(null)).map((pathParameters) => ({ pathParameters }));
    case 'queryStringParameters':
      return (call.query ?? fc.constant(null)).map((queryStringParameters) => ({ queryStringParameters }));
    case 'body':
      return correctBody(call);
    default:
      return part satisfies never;
  }
}

function hostilePart(call: Call, part: PartName): fc.Arbitrary<Partial<Parts>> {
  switch (part) {
    case 'authorizer':
      return hostileAuthorizer.map((authorizer) => ({ authorizer }));
    case 'headers':
      return hostileHeaders(call).map(gatewayHeaders);
    case 'pathParameters':
      return hostileRecord(call.path.includes('{sku}') ? 'sku' : 'orderId').map(
        (pathParameters) => ({ pathParameters }) as Partial<Parts>,
      );
    case 'queryStringParameters':
      return hostileQuery.map((queryStringParameters) => ({ queryStringParameters }) as Partial<Parts>);
    case 'body':
      return hostileBody(call);
    default:
      return part satisfies never;
  }
}

const partNames: readonly PartName[] = [
  'authorizer',
  'headers',
  'pathParameters',
  'queryStringParameters',
  'body',
];

/** Requests that are correct, wrong in all parts, or wrong in one part only, which reaches the later checks. */
export function requestsOf(call: Call): fc.Arbitrary<Request> {
  const withHostile = (hostile: readonly PartName[]): fc.Arbitrary<Request> =>
    fc
      .tuple(...partNames.map((part) => (hostile.includes(part) ? hostilePart : correctPart)(call, part)))
      .map((parts) => {
        const { authorizer, ...rest } = Object.assign({}, ...parts) as Parts;
        const requestContext = { authorizer, httpMethod: call.method };
        const event = {
          httpMethod: call.method,
          resource: call.path,
          path: call.path,
          requestContext,
          ...rest,
        };
        return { event: event as unknown as HttpEvent, isCorrect: hostile.length === 0 };
      });
  return fc.oneof(
    { weight: 3, arbitrary: withHostile([]) },
    { weight: 2, arbitrary: withHostile(['authorizer']) },
    { weight: 3, arbitrary: withHostile(['headers']) },
    { weight: 2, arbitrary: withHostile(['pathParameters']) },
    { weight: 3, arbitrary: withHostile(['queryStringParameters']) },
    { weight: call.body === undefined ? 1 : 8, arbitrary: withHostile(['body']) },
    { weight: 1, arbitrary: withHostile(partNames) },
  );
}
