import asyncapi from '../../api/asyncapi.json' with { type: 'json' };
import openapi from '../../api/openapi.json' with { type: 'json' };

/** A schema, as far as the page shows it. https://json-schema.org/draft/2020-12 */
export interface Schema {
  readonly $ref?: string;
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly allOf?: readonly Schema[];
  readonly items?: Schema;
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly format?: string;
  readonly pattern?: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly additionalProperties?: boolean | Schema;
}

interface Media {
  readonly schema?: Schema;
  readonly example?: unknown;
}
export interface Response {
  readonly $ref?: string;
  readonly description?: string;
  readonly headers?: Readonly<Record<string, { readonly description?: string }>>;
  readonly content?: Readonly<Record<string, Media>>;
}
export interface Operation {
  readonly tags: readonly string[];
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  readonly security: readonly { readonly bearer: readonly string[] }[];
  readonly parameters?: readonly {
    readonly name: string;
    readonly in: string;
    readonly required?: boolean;
    readonly description?: string;
    readonly schema: Schema;
  }[];
  readonly requestBody?: { readonly description?: string; readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<Record<string, Response>>;
}
/** An OpenAPI document, as far as the page shows it. */
export interface OpenApi {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, Schema>>;
    readonly responses: Readonly<Record<string, Response>>;
  };
}
/** An AsyncAPI document, as far as the page shows it. */
export interface AsyncApi {
  readonly info: { readonly description: string };
  readonly components: {
    readonly messages: Readonly<Record<string, { readonly summary: string }>>;
    readonly schemas: Readonly<Record<string, Schema>>;
  };
}

/** The documents that `npm run specs` writes. */
export const documents: { readonly openapi: OpenApi; readonly asyncapi: AsyncApi } = {
  openapi: openapi as unknown as OpenApi,
  asyncapi: asyncapi as unknown as AsyncApi,
};
