import { headers } from '@coppice/contract';
import { type SchemaName, schemaRef } from './schemas.ts';

export type Operation = {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security: Record<string, never[]>[];
  parameters?: unknown[];
  requestBody?: unknown;
  responses: Record<string, unknown>;
};
export type Paths = Record<string, { [method: string]: Operation }>;

/** Anyone. */
export const open: Operation['security'] = [];
/** Anyone; when `API_KEYS` is set, bearers of a key or of the admin token. */
export const client: Operation['security'] = [{}, { apiKey: [] }, { bearer: [] }];
/** Bearers of the admin token. */
export const admin: Operation['security'] = [{ bearer: [] }];

const problems = {
  400: 'BadRequest',
  401: 'Unauthorized',
  404: 'NotFound',
  409: 'Conflict',
  413: 'TooLarge',
  415: 'UnsupportedMediaType',
  429: 'TooManyRequests',
  502: 'BadGateway',
  503: 'Unavailable',
  504: 'GatewayTimeout',
} as const;

/** Responses of an operation: its own, and the shared errors with these statuses. */
export function responses(own: Record<string, unknown>, ...errors: (keyof typeof problems)[]): Record<string, unknown> {
  const shared = errors.map((status) => [status, { $ref: `#/components/responses/${problems[status]}` }] as const);
  return Object.fromEntries([...Object.entries(own), ...shared]);
}

export function json(description: string, schema: SchemaName | object, example?: unknown): object {
  return { description, content: { 'application/json': jsonContent(schema, example) } };
}

/** A JSON body with named examples; a test sends each of them. */
export function jsonBody(schema: SchemaName, examples: Record<string, { summary: string; value: unknown }>): object {
  return { required: true, content: { 'application/json': { schema: schemaRef(schema), examples } } };
}

/** Request headers of an operation, from the contract's table. */
export function headerParameters(of: HeadersOf): object[] {
  return headersOf('request', of).map(({ name, description, example }) => ({
    ...{ name, in: 'header', required: false, description, schema: { type: 'string' } },
    ...(example === undefined ? {} : { example }),
  }));
}

/** Headers of an operation's answer, from the contract's table. */
export function answerHeaders(of: HeadersOf): Record<string, object> {
  return Object.fromEntries(
    headersOf('answer', of).map(({ name, description }) => [name, { description, schema: { type: 'string' } }]),
  );
}

type HeadersOf = 'predict' | 'infer' | 'passed on';

const headersOf = (on: 'request' | 'answer', of: HeadersOf) =>
  headers.filter(
    (header) =>
      header.on === on && (header.of === 'all' || header.of === of || (header.of === 'both' && of !== 'passed on')),
  );

export function pathParameter(name: string, description: string, example: string): object {
  return { name, in: 'path', required: true, description, schema: { type: 'string' }, example };
}

function jsonContent(schema: SchemaName | object, example: unknown): object {
  return {
    schema: typeof schema === 'string' ? schemaRef(schema) : schema,
    ...(example === undefined ? {} : { example }),
  };
}
