import { type Logger, VoiceBridgeError } from '@voice-bridge/core';
import { type Context, Hono } from 'hono';
import { RateLimited } from '../limits/rate-limited.ts';
import type { Redact } from '../redact.ts';
import type { Access } from './access.ts';
import { errorResponse } from './error-response.ts';
import { AUDIO_RELAY, retired } from './retired-paths.ts';
import type { RouteDescription } from './route-description.ts';
import { type Endpoint, type Endpoints, type RequestFacts, ROUTE_NAMES, ROUTES } from './routes.ts';

/** What the HTTP interface runs on. */
export interface HttpInterfaceOptions {
  readonly basePath: string;
  readonly access: Access;
  readonly endpoints: Endpoints;
  readonly redact: Redact;
  readonly logger: Logger;
}

/** Where a request came in, and where from. */
export type RequestSource = Pick<RequestFacts, 'bind' | 'address'>;

/** Answers every request to the bridge, errors included; never throws. */
export type HttpInterface = (request: Request, from: RequestSource) => Promise<Response>;

type Env = { Bindings: RequestSource };
type Methods = ReadonlyMap<string, Endpoint>;

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

  for (const [path, methods] of methodsByPath(endpoints)) app.all(path, (context) => answer(context, methods));

  app.all(`${AUDIO_RELAY}/*`, () => {
    throw retired();
  });

  app.notFound(() => errorResponse(new VoiceBridgeError('not_found', 'There is nothing at this path'), redact));
  app.onError((error, context) => {
    const response = errorResponse(error, redact, headersOf(error));
    const { method, path } = context.req;
    if (response.status === 500) logger.error({ method, path, problem: redact(String(error)) }, 'request failed');
    return response;
  });
  return async (request, from) => app.fetch(request, from);
}

function methodsByPath(endpoints: Endpoints): ReadonlyMap<string, Methods> {
  const paths = new Map<string, Map<string, Endpoint>>();
  for (const name of ROUTE_NAMES) {
    const { path, method }: RouteDescription = ROUTES[name];
    const methods = paths.get(path) ?? new Map<string, Endpoint>();
    paths.set(path, methods.set(method, endpoints[name]));
  }
  return paths;
}

async function answer(context: Context<Env>, methods: Methods): Promise<Response> {
  const method = context.req.method === 'HEAD' ? 'GET' : context.req.method;
  const allowed = [...methods.keys(), ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS'].join(', ');
  if (method === 'OPTIONS') return preflight(allowed);
  const endpoint = methods.get(method);
  if (endpoint === undefined) throw new MethodNotAllowed(allowed);
  const param = (name: string) => context.req.param(name) ?? '';
  const params = {
    conversation: param('conversation'),
    session: param('session'),
    participant: param('participant'),
    peer: param('peer'),
  };
  return endpoint(context.req.raw, { ...context.env, params });
}

function preflight(allowed: string): Response {
  const headers = {
    allow: allowed,
    'access-control-allow-methods': allowed,
    'access-control-allow-headers': 'authorization, content-type, last-event-id',
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
