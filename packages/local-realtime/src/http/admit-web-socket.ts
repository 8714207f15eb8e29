import type { CallDirectory } from '../call-directory.ts';
import { connectProblem } from '../faults/fault-routes.ts';
import type { ClientSecrets } from './client-secrets.ts';
import { HttpProblem, httpProblem } from './http-problem.ts';
import { sessionsOf } from './keys.ts';
import { noCall, refusedKey, type Upgrade } from './read-upgrade.ts';
import type { Admission } from './web-sockets.ts';

/** How many may follow one call besides its own client. */
const MAX_SIDEBANDS = 8;

/** Decides about one WebSocket: a session of its own, a sideband on a call, or a refusal. */
export async function admitWebSocket(
  wanted: Upgrade,
  calls: CallDirectory,
  secrets: ClientSecrets,
): Promise<Admission> {
  if (wanted.type === 'refused' || wanted.type === 'refusedOnChannel') return wanted;
  const problem = await connectProblem(calls);
  if (problem !== undefined) return { type: 'refused', problem };
  return wanted.type === 'session' ? admitSession(wanted, calls, secrets) : admitSideband(wanted.callId, calls);
}

function admitSideband(callId: string, calls: CallDirectory): Admission {
  const call = calls.find(callId);
  if (call === undefined) return { type: 'refused', problem: noCall() };
  if (call.sidebands >= MAX_SIDEBANDS) return { type: 'refused', problem: tooManySidebands() };
  return { type: 'admitted', take: (channel) => call.attach(channel, 'sideband') };
}

function admitSession(
  { session, key }: Extract<Upgrade, { type: 'session' }>,
  calls: CallDirectory,
  secrets: ClientSecrets,
): Admission {
  try {
    const sessions = sessionsOf(key.text, secrets, calls.wallNow());
    return { type: 'admitted', take: calls.prepareCall([session, ...sessions]) };
  } catch (error) {
    if (!(error instanceof HttpProblem)) throw error;
    return error.status === 401 ? refusedKey(key, error) : { type: 'refused', problem: error };
  }
}

function tooManySidebands(): HttpProblem {
  return httpProblem(429, 'rate_limit_exceeded', `At most ${MAX_SIDEBANDS} sidebands may follow one call.`);
}
