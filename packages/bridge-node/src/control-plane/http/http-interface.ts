import { ENDPOINTS, type Logger, VoiceBridgeError } from '@voice-bridge/core';
import { type Context, Hono } from 'hono';
import { RateLimited } from '../limits/rate-limited.ts';
import type { Redact } from '../redact.ts';
import type { Access } from './access.ts';
import { errorResponse } from './error-response.ts';
import type { Bind } from './origin-policy.ts';

/** What an endpoint knows of the request besides itself. */
export interface RequestFacts {
  readonly bind: Bind | undefined;
  /** The conversation named in the path; empty where there is none. */
  readonly conversationId: string;
}

/** Answers one request; what it throws becomes the error answer. */
export type Endpoint = (request: Request, facts: RequestFacts) => Response | Promise<Response>;

/** The endpoints of a bridge. */
export interface Endpoints {
  readonly config: Endpoint;
  readonly openBridge: Endpoint;
  readonly closeBridge: Endpoint;
  readonly sendText: Endpoint;
}

/** What the HTTP interface runs on. */
export interface HttpInterfaceOptions {
  readonly basePath: string;
  readonly access: Access;
  readonly endpoints: Endpoints;
  readonly redact: Redact;
  readonly logger: Logger;
}

/** Answers every request to the bridge, errors included; never throws. */
export type HttpInterface = (request: Request, bind: Bind | undefined) => Promise<Response>;

type Env = { Bindings: { readonly bind: Bind | undefined } };
type Methods = Readonly<Partial<Record<'GET' | 'POST' | 'DELETE', Endpoint>>>;

const PREFLIGHT_SECONDS = '600';

/** Builds the router: paths and methods, Host and Origin on everything under `/api`, CORS, errors as JSON. */
export function createHttpInterface(options: HttpInterfaceOptions): HttpInterface {
  const { access, endpoints, redact, logger } = options;
  const app = new Hono<Env>({ strict: false }).basePath(options.basePath === '' ? '/' : options.basePath);

  app.use('*', async (context, next) => {
    await next();
    context.res.headers.set('cache-control', 'no-store');
    context.res.headers.set('x-content-type-options', 'nosniff');
  });
  app.use('/api/*', async (context, next) => {
    const corsOrigin = access.checkOrigin(context.req.raw, context.env.bind);
    await next();
    context.res.headers.append('vary', 'origin');
    if (corsOrigin === undefined) return;
    context.res.headers.set('access-control-allow-origin', corsOrigin);
    context.res.headers.set('access-control-expose-headers', 'retry-after');
  });

  const route = (path: string, methods: Methods) => {
    app.all(path, (context) => answer(context, methods));
  };
  route('/health', { GET: () => Response.json({ status: 'ok' }) });
  route(ENDPOINTS.config, { GET: endpoints.config });
  route(ENDPOINTS.bridge, { POST: endpoints.openBridge });
  route(`${ENDPOINTS.bridge}/:conversation`, { DELETE: endpoints.closeBridge });
  route(`${ENDPOINTS.bridge}/:conversation/text`, { POST: endpoints.sendText });

  app.notFound(() => errorResponse(new VoiceBridgeError('not_found', 'There is nothing at this path'), redact));
  app.onError((error, context) => {
    const response = errorResponse(error, redact, headersOf(error));
    const { method, path } = context.req;
    if (response.status === 500) logger.error({ method, path, problem: redact(String(error)) }, 'request failed');
    return response;
  });
  return async (request, bind) => app.fetch(request, { bind });
}

async function answer(context: Context<Env>, methods: Methods): Promise<Response> {
  const method = context.req.method === 'HEAD' ? 'GET' : context.req.method;
  const allowed = [...Object.keys(methods), ...(methods.GET === undefined ? [] : ['HEAD']), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return preflight(allowed);
  const endpoint = method === 'GET' || method === 'POST' || method === 'DELETE' ? methods[method] : undefined;
  if (endpoint === undefined) throw new MethodNotAllowed(allowed);
  const conversationId = context.req.param('conversation') ?? '';
  return endpoint(context.req.raw, { bind: context.env.bind, conversationId });
}

function preflight(allowed: string): Response {
  const headers = {
    allow: allowed,
    'access-control-allow-methods': allowed,
    'access-control-allow-headers': 'authorization, content-type',
    'access-control-max-age': PREFLIGHT_SECONDS,
  };
  return new Response(null, { status: 204, headers });
}

/** Carries what the `Allow` header has to say. */
class MethodNotAllowed extends VoiceBridgeError {
  readonly allowed: string;

  constructor(allowed: string) {
    super('method_not_allowed', `Only ${allowed} can be asked for here`);
    this.allowed = allowed;
  }
}

function headersOf(error: Error): Record<string, string> {
  if (error instanceof RateLimited) return { 'retry-after': String(error.retryAfterSeconds) };
  return error instanceof MethodNotAllowed ? { allow: error.allowed } : {};
}
