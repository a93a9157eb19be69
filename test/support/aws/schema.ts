import { loadAwsServiceSpecSync } from '@aws-cdk/aws-service-spec';
import { excessesOf } from './limits.ts';

/** The part that is used of https://github.com/cdklabs/awscdk-service-spec: CloudFormation's own resource schemas, as data. */
type Type =
  | { readonly type: 'string' | 'integer' | 'number' | 'boolean' | 'json' | 'date-time' | 'tag' | 'null' }
  | { readonly type: 'array' | 'map'; readonly element: Type }
  | { readonly type: 'ref'; readonly reference: { readonly $ref: string } }
  | { readonly type: 'union'; readonly types: readonly Type[] };
type Properties = Readonly<Record<string, { readonly type: Type; readonly required?: boolean }>>;

const spec = loadAwsServiceSpecSync();

/** CloudFormation's objections to a resource, one line each: unknown or missing properties, wrong types, excesses. */
export function flawsOf(name: string, type: string, properties: object): readonly string[] {
  if (type.startsWith('Custom::')) return [];
  const [resource] = spec.lookup('resource', 'cloudFormationType', 'equals', type);
  if (resource === undefined) return [`${name}: there is no ${type}`];
  return [
    ...flawsOfMembers(`${name} (${type})`, resource.properties as unknown as Properties, properties),
    ...excessesOf(name, type, properties),
  ];
}

function flawsOfMembers(where: string, known: Properties, value: object): readonly string[] {
  const missing = Object.entries(known).filter(([name, { required }]) => required && !(name in value));
  return [
    ...missing.map(([name]) => `${where}: ${name} is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const property = known[name];
      if (property === undefined) return [`${where}: ${name} is not known`];
      return flawsOfValue(`${where}.${name}`, property.type, member);
    }),
  ];
}

function flawsOfValue(where: string, type: Type, value: unknown): readonly string[] {
  if (isIntrinsic(value) || type.type === 'json' || type.type === 'tag') return [];
  switch (type.type) {
    case 'array':
      if (!Array.isArray(value)) return [`${where} is no list`];
      return value.flatMap((each, index) => flawsOfValue(`${where}[${index}]`, type.element, each));
    case 'map':
      if (!isObject(value)) return [`${where} is no map`];
      return Object.entries(value).flatMap(([key, each]) =>
        flawsOfValue(`${where}.${key}`, type.element, each),
      );
    case 'ref': {
      if (!isObject(value)) return [`${where} is no object`];
      const definition = spec.get('typeDefinition', type.reference.$ref);
      return flawsOfMembers(where, definition.properties as unknown as Properties, value);
    }
    case 'union': {
      const flaws = type.types.map((each) => flawsOfValue(where, each, value));
      return flaws.some((each) => each.length === 0) ? [] : (flaws[0] ?? []);
    }
    default:
      return isPlain(type.type, value) ? [] : [`${where} is no ${type.type}: ${JSON.stringify(value)}`];
  }
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const isIntrinsic = (value: unknown): boolean =>
  isObject(value) && Object.keys(value).length === 1 && /^(Ref|Fn::)/.test(Object.keys(value)[0] ?? '');

/** CloudFormation accepts numbers and booleans as texts too. */
function isPlain(type: string, value: unknown): boolean {
  if (type === 'boolean') return typeof value === 'boolean' || value === 'true' || value === 'false';
  if (type === 'integer')
    return Number.isInteger(Number(value)) && typeof value !== 'boolean' && value !== '';
  if (type === 'number') return Number.isFinite(Number(value)) && typeof value !== 'boolean' && value !== '';
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
