import { isVoiceBridgeError, type Logger } from '@voice-bridge/core';
import {
  CALLS_PATH,
  CLIENT_SECRETS_PATH,
  type ClientSecretResponse,
  parseClientSecretRequest,
  type SessionConfig,
} from '@voice-bridge/core/openai';
import { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { cors } from 'hono/cors';
import { addFaultRoutes, type FaultRoutesPort } from '../faults/fault-routes.ts';
import { serverProblem } from '../openai/problem.ts';
import { readCallRequest } from './call-request.ts';
import type { ClientSecrets } from './client-secrets.ts';
import { faultProblem, HttpProblem, httpProblem } from './http-problem.ts';
import { bearerKey, checkKey, checkMintingKey, sessionsOf } from './keys.ts';
import { asksForBeta, betaProblem, noCall } from './read-upgrade.ts';

const BASE_PATH = '/v1';
const MAX_BODY_BYTES = 2 * 1024 * 1024;
const DEFAULT_SECRET_SECONDS = 600;
/** Where the beta opened calls and minted keys. */
const BETA_PATHS = ['/realtime', '/realtime/sessions', '/realtime/transcription_sessions'];

/** What the HTTP routes need of the server. */
export interface AppPort extends FaultRoutesPort {
  /** Opens a call. Rejects with `invalid_offer`, or an {@link HttpProblem}. */
  openCall(
    offer: string,
    session: readonly SessionConfig[],
    model: string | undefined,
  ): Promise<{ id: string; answer: string }>;
  /** Ends a call; false when there is none of that id. */
  hangUp(callId: string): Promise<boolean>;
  /** The whole effective settings a session would have. */
  describeSession(session: SessionConfig | undefined): SessionConfig;
  /** What one can say. */
  hints(): readonly string[];
  /** Facts for `GET /health`. */
  health(): Readonly<Record<string, unknown>>;
  /** A new ephemeral key. */
  newSecret(): string;
  readonly logger: Logger;
}

/** The HTTP side of an OpenAI-Realtime-compatible server; errors have OpenAI's shape. */
export function createApp(port: AppPort, secrets: ClientSecrets): Hono {
  const app = new Hono();
  app.use(cors({ origin: '*', exposeHeaders: ['Location'], maxAge: 600 }));
  app.use(bodyLimit({ maxSize: MAX_BODY_BYTES, onError: () => tooLarge() }));
  app.notFound(() => httpProblem(404, 'unknown_url', 'Unknown request URL.').response());
  app.onError((error) => answerError(error, port.logger));

  app.use(`${BASE_PATH}/realtime/*`, async (context, next) => {
    if (asksForBeta(context.req.header('openai-beta'))) throw new HttpProblem(400, betaProblem());
    await next();
  });

  addFaultRoutes(app, port);
  app.get('/health', (context) => context.json({ status: 'ok', ...port.health() }));
  app.get(`${BASE_PATH}/local/hints`, (context) => context.json({ phrases: port.hints() }));

  app.post(`${BASE_PATH}${CALLS_PATH}`, async (context) => {
    const sessions = sessionsOf(bearer(context.req.raw), secrets, port.wallNow());
    const { offer, session } = await readCallRequest(context.req.raw);
    const wanted = session === undefined ? sessions : [...sessions, session];
    const { id, answer } = await port.openCall(offer, wanted, context.req.query('model'));
    context.header('Location', `${BASE_PATH}${CALLS_PATH}/${id}`);
    return context.body(answer, 201, { 'Content-Type': 'application/sdp' });
  });

  for (const path of BETA_PATHS) {
    app.post(`${BASE_PATH}${path}`, () => new HttpProblem(400, betaProblem()).response());
  }

  app.post(`${BASE_PATH}${CALLS_PATH}/:id/hangup`, async (context) => {
    checkKey(bearer(context.req.raw), secrets, port.wallNow());
    if (!(await port.hangUp(context.req.param('id')))) throw noCall();
    return context.body(null, 200);
  });

  app.post(`${BASE_PATH}${CLIENT_SECRETS_PATH}`, async (context) => {
    checkMintingKey(bearer(context.req.raw), secrets, port.wallNow());
    const parsed = parseClientSecretRequest(await context.req.text());
    if (!parsed.ok) throw faultProblem(parsed.fault);
    const { session, expires_after: expires } = parsed.value;
    const now = port.wallNow();
    const expiresAtMs = now + (expires?.seconds ?? DEFAULT_SECRET_SECONDS) * 1_000;
    const value = port.newSecret();
    secrets.add(value, session, expiresAtMs, now);
    const body = { value, expires_at: Math.floor(expiresAtMs / 1_000), session: { ...port.describeSession(session) } };
    return context.json(body satisfies ClientSecretResponse);
  });

  return app;
}

function bearer(request: Request): string {
  return bearerKey(request.headers.get('authorization'));
}

/** The rest of the upload is not read, so that the connection cannot be used again. */
function tooLarge(): Response {
  const problem = httpProblem(413, 'body_too_large', `The body is larger than ${MAX_BODY_BYTES} bytes.`);
  const response = problem.response();
  response.headers.set('connection', 'close');
  return response;
}

function answerError(error: unknown, logger: Logger): Response {
  if (error instanceof HttpProblem) return error.response();
  if (isVoiceBridgeError(error) && error.code === 'invalid_offer') {
    return httpProblem(400, 'invalid_offer', error.message, 'sdp').response();
  }
  logger.error({ error }, 'request failed');
  return new HttpProblem(500, serverProblem('internal', 'The request could not be served.')).response();
}
