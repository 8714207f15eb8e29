import { ERROR_CODES, type ErrorCode, errorResponseSchema, PROTOCOL_VERSION } from '@voice-bridge/core';
import * as z from 'zod/mini';
import { statusOf } from './error-response.ts';
import type { BodyDescription, RouteDescription } from './route-description.ts';
import { ROUTE_NAMES, ROUTES } from './routes.ts';

/** A value of JSON, as far as a description needs it. */
export type Json = Readonly<Record<string, unknown>>;

/** What every endpoint under `/api` can fail with. */
const EVERYWHERE: readonly ErrorCode[] = [
  'invalid_request',
  'unauthorized',
  'forbidden',
  'authorize_required',
  'origin_not_allowed',
  'host_not_allowed',
  'body_too_large',
  'unsupported_media_type',
  'internal',
];

/** Describes every endpoint of the table in OpenAPI 3.1, at this base path. */
export function describeInterface(basePath: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const name of ROUTE_NAMES) {
    const route: RouteDescription = ROUTES[name];
    const path = `${basePath}${route.path.replaceAll(/:(\w+)/g, '{$1}')}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operationOf(name, route) };
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Voice Bridge',
      version: String(PROTOCOL_VERSION),
      description: 'Live voice between clients and a realtime speech model.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    paths,
    components: {
      schemas: { Error: schemaOf(errorResponseSchema) },
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer' } },
    },
    // The bridge may be open, too.
    security: [{ bearer: [] }, {}],
  };
}

function operationOf(name: string, route: RouteDescription): Json {
  const { request, response, summary } = route;
  const parameters = [...pathParametersOf(route.path), ...queryParametersOf(route)];
  return {
    operationId: name,
    summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(request === undefined
      ? {}
      : { requestBody: { required: request.optional !== true, content: contentOf(request) } }),
    responses: {
      ...(response === undefined
        ? { 204: { description: 'Done.' } }
        : { [route.created ? 201 : 200]: { description: 'Done.', content: contentOf(response) } }),
      ...errorsOf(route.path.startsWith('/api') ? [...EVERYWHERE, ...route.errors] : route.errors),
    },
  };
}

function pathParametersOf(path: string): Json[] {
  return [...path.matchAll(/:(\w+)/g)].map(([, name]) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
}

function queryParametersOf({ query = [] }: RouteDescription): Json[] {
  return query.map(({ name, description, type }) => ({ name, in: 'query', description, schema: { type } }));
}

function contentOf({ type, schema, example }: BodyDescription): Json {
  return { [type]: { schema: schema === undefined ? { type: 'string' } : schemaOf(schema), example } };
}

/** The codes by the status they end with. */
function errorsOf(codes: readonly ErrorCode[]): Json {
  const responses: Record<string, Json> = {};
  for (const status of new Set(codes.map(statusOf))) {
    const each = new Set(codes.filter((code) => statusOf(code) === status));
    responses[status] = {
      description: [...each].map((code) => (ERROR_CODES[code].retryable ? `${code} (try again)` : code)).join(', '),
      content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
    };
  }
  return responses;
}

function schemaOf(schema: z.ZodMiniType): Json {
  const { $schema: _dialect, ...rest } = z.toJSONSchema(schema, { io: 'input' });
  return rest;
}
