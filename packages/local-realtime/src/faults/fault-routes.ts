import type { Clock } from '@voice-bridge/core';
import { CALLS_PATH } from '@voice-bridge/core/openai';
import type { Hono } from 'hono';
import { HttpProblem, httpProblem } from '../http/http-problem.ts';
import { type ApiProblem, invalidRequest, quotaProblem, serverProblem } from '../openai/problem.ts';
import { type FaultPlan, parseFaultPlan } from './fault-plan.ts';
import type { ConnectFault, Faults } from './faults.ts';
import { passed } from './slow-tool-turns.ts';

const FAULTS_PATH = '/__faults';
const LOOPBACK_ORIGIN = /^https?:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?::\d+)?$/;

/** What {@link addFaultRoutes} needs of the server. */
export interface FaultRoutesPort {
  readonly faults: Faults;
  readonly clock: Clock;
  /** Whether `/__faults` is served: only where nobody but this machine can reach it, or by wish. */
  readonly faultsByHttp: boolean;
  /** Fires when the server closes: nobody is made to wait any longer. */
  readonly closing: AbortSignal;
  /** Ms since 1970. */
  wallNow(): number;
}

/** Adds `GET`, `POST` and `DELETE /__faults`, and the faults at connect and of the calendar. Comes before every other route. */
export function addFaultRoutes(app: Hono, port: FaultRoutesPort): void {
  const { faults } = port;
  app.use(async (context, next) => {
    await next();
    if (faults.plan.clockOffsetMs !== undefined) context.header('Date', new Date(port.wallNow()).toUTCString());
  });
  app.post(`/v1${CALLS_PATH}`, async (_context, next) => {
    const problem = await connectProblem(port);
    if (problem !== undefined) throw problem;
    await next();
  });
  if (!port.faultsByHttp) return;
  app.use(FAULTS_PATH, async (context, next) => {
    const origin = context.req.header('origin');
    // A page on the web must not break what somebody tests here.
    if (origin !== undefined && !LOOPBACK_ORIGIN.test(origin)) {
      throw httpProblem(403, 'origin_not_allowed', 'Faults are set from this machine only.');
    }
    await next();
  });
  app.get(FAULTS_PATH, (context) => context.json(faults.plan));
  app.post(FAULTS_PATH, async (context) => {
    const parsed = parseFaultPlan(await context.req.text());
    if (!parsed.ok) throw httpProblem(400, 'invalid_faults', parsed.problem);
    faults.set(parsed.value);
    return context.json(parsed.value satisfies FaultPlan);
  });
  app.delete(FAULTS_PATH, (context) => {
    faults.set({});
    return context.json({});
  });
}

/** Lets whoever connects now wait as the fault says; then the refusal, if it is one. */
export async function connectProblem({
  faults,
  clock,
  closing,
}: Pick<FaultRoutesPort, 'faults' | 'clock' | 'closing'>): Promise<HttpProblem | undefined> {
  const fault = faults.takeConnect();
  if (fault === undefined) return undefined;
  if (fault.delayMs > 0) await passed(fault.delayMs, clock, closing);
  return fault.status === undefined ? undefined : new HttpProblem(fault.status, problemOf(fault.status, fault.code));
}

function problemOf(status: number, code: ConnectFault['code']): ApiProblem {
  const message = `This refusal was asked for (${FAULTS_PATH}).`;
  if (code === 'insufficient_quota') return quotaProblem();
  if (status >= 500) return serverProblem(code ?? 'server_error', message);
  const codes: Readonly<Record<number, string>> = {
    401: 'invalid_api_key',
    404: 'call_id_not_found',
    429: 'rate_limit_exceeded',
  };
  return invalidRequest(code ?? codes[status] ?? 'invalid_request', message);
}
