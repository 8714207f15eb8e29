import { ENDPOINTS, eventsPath, participantsPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { addParticipant, ask, OFFER, openBridge, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { bearer, credentialIn, pair, renew } from '../../testing/pair.ts';

const ANN = bearer('ann');

/** A bridge with a session of Ann's in `kitchen`. */
async function start(options: FakeSessionHostOptions = {}) {
  const host = new FakeSessionHost(options);
  const clock = new ManualClock();
  const authorize = (request: Request) =>
    request.headers.get('authorization') === 'Bearer ann' && ({ subject: 'ann', conversations: 'any' } as const);
  const bridge = createTestBridge({ authorize }, { host, clock });
  if (options.answers === false) await post(bridge, ENDPOINTS.session, { conversation_id: 'kitchen' }, ANN);
  else await openBridge(bridge, 'kitchen', ANN);
  const { credential } = await pair(bridge, {}, ANN);
  return { bridge, host, clock, credential };
}

describe('what one phone may have of a session', () => {
  it('is one place, however often it joins: each time it takes its own over, and others get in', async () => {
    const { bridge, host, credential } = await start();
    for (let n = 0; n < 5; n++) expect((await addParticipant(bridge, 'kitchen', bearer(credential))).status).toBe(200);
    const body = { type: 'offer', sdp: OFFER, conversation_id: 'kitchen' };
    const fresh = await credentialIn(await renew(bridge, credential));
    expect((await post(bridge, ENDPOINTS.voiceOffer, body, bearer(fresh.credential))).status).toBe(200);
    const [, first, ...more] = host.last.told('join');
    expect(first?.resumes).toBe(false);
    expect(more).toHaveLength(5);
    for (const join of more) expect(join).toMatchObject({ participantId: first?.participantId, resumes: true });
    const list = await ask(bridge, participantsPath('kitchen'), ANN);
    expect(await list.json()).toEqual({ participants: [expect.anything(), expect.anything()] });
    expect((await addParticipant(bridge, 'kitchen', ANN)).status).toBe(200);
  });

  it('is ten joins a minute, six at once, by whichever way and credential: those of the session are left to the others', async () => {
    const { bridge, clock, credential } = await start();
    const { credential: other } = await pair(bridge, { peer_id: 'mobile-2' }, ANN);
    const join = (by: string) => addParticipant(bridge, 'kitchen', bearer(by));
    for (let n = 0; n < 6; n++) expect((await join(credential)).status).toBe(200);
    const fresh = await credentialIn(await renew(bridge, credential));
    const offer = { conversation_id: 'kitchen', offer: OFFER, join: true };
    const refused = await post(bridge, ENDPOINTS.bridge, offer, bearer(fresh.credential));
    expect(refused.headers.get('retry-after')).toBe('6');
    expect(await outcome(refused)).toEqual([429, 'rate_limited']);
    for (let n = 0; n < 100; n++) expect((await join(fresh.credential)).status).toBe(429);
    expect((await join(other)).status).toBe(200);
    for (let n = 0; n < 10; n++) expect((await addParticipant(bridge, 'kitchen', ANN)).status).toBe(200);
    await clock.advanceAsync(6_000);
    expect([(await join(fresh.credential)).status, (await join(fresh.credential)).status]).toEqual([200, 429]);
  });

  it('is one place while it waits for its answer as well: who waited is told so', async () => {
    const { bridge, host, credential } = await start({ answers: false });
    const first = outcome(addParticipant(bridge, 'kitchen', bearer(credential)));
    await expect.poll(() => host.last.told('join')).toHaveLength(1);
    void addParticipant(bridge, 'kitchen', bearer(credential));
    expect(await first).toEqual([499, 'aborted']);
    const ids = host.last.told('join').map(({ participantId }) => participantId);
    expect(new Set(ids).size).toBe(1);
  });

  it('is another place than that of another phone', async () => {
    const { bridge, host, credential } = await start();
    const { credential: other } = await pair(bridge, { peer_id: 'mobile-2' }, ANN);
    for (const each of [credential, other, credential]) await addParticipant(bridge, 'kitchen', bearer(each));
    const [, first, second, third] = host.last.told('join').map(({ participantId }) => participantId);
    expect(second).not.toBe(first);
    expect(third).toBe(first);
  });

  it('is four feeds, renewed or not; what it follows no more is free', async () => {
    const { bridge, credential } = await start();
    const follow = (by: string) => ask(bridge, eventsPath('kitchen'), bearer(by));
    const [first] = await Promise.all([1, 2, 3, 4].map(() => follow(credential)));
    const fresh = await credentialIn(await renew(bridge, credential));
    expect(await outcome(follow(fresh.credential))).toEqual([429, 'rate_limited']);
    for (let n = 0; n < 5; n++) expect((await follow('ann')).status).toBe(200);
    await first?.body?.cancel();
    expect((await follow(fresh.credential)).status).toBe(200);
  });

  it('is thirty feeds begun a minute, twelve at once: those of the conversation are left to the others', async () => {
    const { bridge, clock, credential } = await start();
    const follow = async (by: string) => {
      const { status, body } = await ask(bridge, eventsPath('kitchen'), bearer(by));
      await body?.cancel();
      return status;
    };
    for (let n = 0; n < 12; n++) expect(await follow(credential)).toBe(200);
    for (let n = 0; n < 300; n++) expect(await follow(credential)).toBe(429);
    expect(await follow('ann')).toBe(200);
    await clock.advanceAsync(2_000);
    expect([await follow(credential), await follow(credential)]).toEqual([200, 429]);
  });
});
