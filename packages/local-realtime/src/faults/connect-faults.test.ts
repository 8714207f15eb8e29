import { httpErrorSchema } from '@voice-bridge/core/openai';
import { ManualClock } from '@voice-bridge/core/testing';
import { chromiumOffer } from '@voice-bridge/media-node/testing';
import { afterEach, describe, expect, it } from 'vitest';
import * as z from 'zod/mini';
import { scriptedEngines } from '../engines/scripted-engines.ts';
import { type RunningServer, type ServerSettings, startServer } from '../server.ts';
import { RealtimeSocketClient } from '../testing/realtime-socket-client.ts';
import type { FaultPlan } from './fault-plan.ts';

let server: RunningServer;

afterEach(() => server.close());

async function start(settings: ServerSettings) {
  server = await startServer(scriptedEngines({ turns: [] }), settings);
}

const setFaults = (plan: FaultPlan) =>
  fetch(server.url.replace('/v1', '/__faults'), { method: 'POST', body: JSON.stringify(plan) });
const call = () =>
  fetch(`${server.url}/realtime/calls`, {
    method: 'POST',
    headers: { authorization: 'Bearer test', 'content-type': 'application/sdp' },
    body: chromiumOffer,
  });
const connect = (query: string) => RealtimeSocketClient.connect({ url: server.url, query });

async function openCall(): Promise<string> {
  return (await call()).headers.get('location')?.split('/').at(-1) ?? '';
}

describe('a refusal at connect', () => {
  it.each([
    [{ status: 429 }, 'invalid_request_error', 'rate_limit_exceeded'],
    [{ status: 429, code: 'insufficient_quota' }, 'insufficient_quota', 'insufficient_quota'],
    [{ status: 403, code: 'unsupported_country' }, 'invalid_request_error', 'unsupported_country'],
    [{ status: 503, code: 'overloaded' }, 'server_error', 'overloaded'],
    [{ status: 500 }, 'server_error', 'server_error'],
  ])('as %o has the type %s and the code %s', async (fault, type, code) => {
    await start({ faults: { connect: fault } });
    const refused = await call();
    const { error } = z.parse(httpErrorSchema, await refused.json());
    expect({ status: refused.status, ...error }).toMatchObject({ status: fault.status, type, code });
  });
});

describe('a sideband', () => {
  it('is refused as calls and sessions are, so often, and then follows its call', async () => {
    await start({});
    const query = `call_id=${await openCall()}`;
    await setFaults({ connect: { status: 503, times: 1 } });
    await expect(connect(query)).rejects.toThrow('503');
    const sideband = await connect(query);
    await sideband.waitFor('session.created');
    await sideband.close();
  });

  it('is made to wait, and finds its call gone when that ended meanwhile', async () => {
    const clock = new ManualClock();
    await start({ clock });
    const callId = await openCall();
    await setFaults({ connect: { delayMs: 1_000 } });
    const timers = clock.pending;
    const waiting = connect(`call_id=${callId}`);
    const refused = expect(waiting).rejects.toThrow('404');
    await expect.poll(() => clock.pending).toBe(timers + 1);
    await fetch(`${server.url}/realtime/calls/${callId}/hangup`, {
      method: 'POST',
      headers: { authorization: 'Bearer test' },
    });
    clock.advance(1_000);
    await refused;
  });
});
