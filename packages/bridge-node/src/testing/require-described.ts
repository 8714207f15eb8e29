import { isDeepStrictEqual } from 'node:util';
import { errorResponseSchema, parseValue } from '@voice-bridge/core';
import * as z from 'zod/mini';
import { describeInterface } from '../control-plane/http/openapi.ts';
import type { RouteDescription } from '../control-plane/http/route-description.ts';
import { ROUTE_NAMES, ROUTES } from '../control-plane/http/routes.ts';

type RouteName = (typeof ROUTE_NAMES)[number];

const documentSchema = z.looseObject({
  paths: z.record(
    z.string(),
    z.record(
      z.string(),
      z.looseObject({
        operationId: z.string(),
        responses: z.record(z.string(), z.looseObject({ description: z.string() })),
      }),
    ),
  ),
});
/** Said of a path that the router does not know, as when it lacks the base path. */
const NOWHERE = 'There is nothing at this path';
/** Codes by status, by endpoint, as the description tells them. */
const DESCRIBED = readDescription();

/** The endpoint that a request to this path (whatever the base path) is for; undefined when the table has none. */
export function routeOf(method: string, path: string): RouteName | undefined {
  const { pathname } = new URL(path, 'http://localhost');
  const plain = pathname.slice(Math.max(0, pathname.search(/\/(?:api|health)(?:\/|$)/)));
  const asked = method === 'HEAD' ? 'GET' : method;
  return ROUTE_NAMES.find((name) => ROUTES[name].method === asked && patternOf(ROUTES[name].path).test(plain));
}

/** Throws unless the answer is one that `GET /api/openapi.json` tells of: status, code, type, and body without a field too many. */
export async function requireDescribed(method: string, path: string, answer: Response): Promise<void> {
  const name = routeOf(method, path);
  const wrong = (what: string) => new Error(`Not described of ${method} ${path} (${name}): ${what}`);
  if (name === undefined) {
    if (answer.ok && method !== 'OPTIONS') throw wrong('that there is anything');
    return;
  }
  const codes = DESCRIBED.get(name)?.get(answer.status);
  if (answer.status === 404 && (await answer.clone().text()).includes(NOWHERE)) return;
  if (codes === undefined) throw wrong(`${answer.status} ${await answer.clone().text()}`);
  const { response }: RouteDescription = ROUTES[name];
  const type = answer.headers.get('content-type')?.split(';')[0];
  if (answer.ok) {
    if (type !== response?.type) throw wrong(`a body of ${type}`);
    if (response?.type !== 'application/json' || response.schema === undefined || method === 'HEAD') return;
    const body: unknown = await answer.clone().json();
    const parsed = parseValue(response.schema, body);
    if (!parsed.ok) throw wrong(parsed.problem);
    if (!isDeepStrictEqual(parsed.value, body)) throw wrong(`a field of ${JSON.stringify(body)}`);
    return;
  }
  if (method === 'HEAD') return;
  const error = parseValue(errorResponseSchema, await answer.clone().json());
  if (!error.ok) throw wrong(error.problem);
  if (!codes.has(error.value.error.code)) throw wrong(`${answer.status} ${error.value.error.code}`);
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:\w+/g, '[^/]+')}/?$`);
}

function readDescription(): ReadonlyMap<string, ReadonlyMap<number, ReadonlySet<string>>> {
  const parsed = parseValue(documentSchema, describeInterface(''));
  if (!parsed.ok) throw new Error(parsed.problem);
  const operations = Object.values(parsed.value.paths).flatMap((methods) => Object.values(methods));
  return new Map(operations.map(({ operationId, responses }) => [operationId, codesOf(responses)]));
}

function codesOf(responses: Readonly<Record<string, { readonly description: string }>>) {
  return new Map(
    Object.entries(responses).map(([status, { description }]) => [
      Number(status),
      new Set(description.split(', ').map((code) => code.replace(' (try again)', ''))),
    ]),
  );
}
