import { ENDPOINTS, errorResponseSchema, parseValue } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { ask } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import type { BodyDescription, RouteDescription } from './route-description.ts';
import { ROUTE_NAMES, ROUTES } from './routes.ts';

const operationSchema = z.looseObject({
  operationId: z.string(),
  requestBody: z.optional(
    z.looseObject({ content: z.record(z.string(), z.looseObject({ schema: z.looseObject({}) })) }),
  ),
  responses: z.record(z.string(), z.looseObject({ description: z.string() })),
});
const documentSchema = z.looseObject({
  openapi: z.literal('3.1.1'),
  paths: z.record(z.string(), z.record(z.string(), operationSchema)),
});

async function describeBridge(basePath = '') {
  const bridge = createTestBridge({ authorize: () => null, basePath });
  const response = await ask(bridge, `${basePath}/api/openapi.json`);
  const parsed = parseValue(documentSchema, await response.json());
  if (!parsed.ok) throw new Error(parsed.problem);
  return { bridge, document: parsed.value };
}

const routes = ROUTE_NAMES.map((name): [string, RouteDescription] => [name, ROUTES[name]]);

describe('the description of the interface', () => {
  it('may be read by anybody and has every endpoint in it, once', async () => {
    const { document } = await describeBridge();
    const described = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`),
    );
    const routed = routes.map(([name, { method, path }]) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')} ${name}`);
    expect(described.sort()).toEqual(routed.sort());
    expect(described.length).toBeGreaterThan(15);
  });

  it('has the base path in its paths [S-1.22]', async () => {
    const { document } = await describeBridge('/voice');
    expect(Object.keys(document.paths).every((path) => path.startsWith('/voice/'))).toBe(true);
  });

  it.each(routes)('is true of %s: it is there, and another method is not', async (_name, route) => {
    const { bridge } = await describeBridge();
    const path = route.path.replaceAll(/:\w+/g, 'x');
    const isPublic = route.path === '/health' || route.path === '/api/openapi.json';
    // Who redeems an invitation is nobody yet.
    const isInvited = route.path === ENDPOINTS.redeemPairing;
    const response = await ask(bridge, path, { method: route.method });
    expect(response.status).toBe(isPublic ? 200 : isInvited ? 415 : 401);
    const wrong = await ask(bridge, path, { method: 'PUT' });
    expect([wrong.status, wrong.headers.get('allow')]).toEqual([405, expect.stringContaining(route.method)]);
  });

  it.each(routes)('shows examples of %s that are what they should be', (_name, { request, response }) => {
    for (const body of [request, response]) if (body !== undefined) expect(problemOf(body)).toBeUndefined();
  });

  it('describes bodies by the schemas they are checked with', async () => {
    const { document } = await describeBridge();
    const body = document.paths['/api/realtime/webrtc/bridge']?.post?.requestBody?.content['application/json'];
    expect(body?.schema).toMatchObject({
      type: 'object',
      required: ['conversation_id', 'offer'],
      additionalProperties: false,
      properties: { role: { enum: ['speaker', 'listener', 'observer'] }, join: { type: 'boolean' } },
    });
  });

  it('stands by itself: what it refers to is in it', async () => {
    const { document } = await describeBridge();
    const text = JSON.stringify(document);
    const references = new Set([...text.matchAll(/"\$ref":"([^"]*)"/g)].map(([, reference]) => reference));
    expect([...references]).toEqual(['#/components/schemas/Error']);
    expect(document.components).toMatchObject({ schemas: { Error: { type: 'object' } } });
  });

  it('tells the codes of every status', async () => {
    const { document } = await describeBridge();
    const operation = document.paths['/api/realtime/sdp/{session}']?.post;
    expect(operation?.responses['404']?.description).toBe('not_found');
    const conflicts = ['too_many_participants', 'session_closed', 'session_idle', 'session_expired'];
    expect(operation?.responses['409']?.description).toBe(conflicts.map((code) => `${code} (try again)`).join(', '));
    const error = { error: { code: 'not_found', message: 'There is no such session' } };
    expect(parseValue(errorResponseSchema, error).ok).toBe(true);
  });
});

function problemOf({ type, schema, example }: BodyDescription): string | undefined {
  if (type === 'application/sdp') return typeof example === 'string' ? undefined : 'not text';
  if (schema === undefined) return 'no schema';
  const parsed = parseValue(schema, example);
  return parsed.ok ? undefined : parsed.problem;
}
