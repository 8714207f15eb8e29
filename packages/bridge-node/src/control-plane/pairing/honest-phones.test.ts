import { ENDPOINTS, phonePath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask, outcome, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { bearer, credentialIn, invite, pair, redeem, renew } from '../../testing/pair.ts';
import { deferred } from '../directory/deferred.ts';

const HOUR = 3_600_000;

function start() {
  const clock = new ManualClock();
  const bridge = createTestBridge({ authorize: 'open' }, { clock });
  const statusOf = async (credential: string) => (await ask(bridge, ENDPOINTS.config, bearer(credential))).status;
  return { clock, bridge, statusOf };
}

describe('a phone that fell asleep before the answer to its renewal came', () => {
  it('gets the same answer an hour later, though the credential it has is good for nothing else by then', async () => {
    const { clock, bridge, statusOf } = start();
    const { credential } = await pair(bridge);
    const lost = await credentialIn(await renew(bridge, credential));
    await clock.advanceAsync(HOUR);
    expect(await statusOf(credential)).toBe(401);
    const again = await credentialIn(await renew(bridge, credential));
    expect([again.credential, again.expires_in_seconds]).toEqual([lost.credential, 3 * 3_600]);
    expect(await statusOf(again.credential)).toBe(200);
  });

  it('gets none when somebody showed what was renewed, nor when that was renewed, nor when it is over', async () => {
    const { clock, bridge, statusOf } = start();
    const shown = await pair(bridge);
    await statusOf((await credentialIn(await renew(bridge, shown.credential))).credential);
    const renewed = await pair(bridge);
    await renew(bridge, (await credentialIn(await renew(bridge, renewed.credential))).credential);
    const removed = await pair(bridge);
    await renew(bridge, removed.credential);
    const over = await pair(bridge);
    await renew(bridge, over.credential);
    await ask(bridge, phonePath('kitchen', removed.peer_id), { method: 'DELETE' });
    await clock.advanceAsync(HOUR);
    const gone = [shown, renewed, removed].map(({ credential }) => outcome(renew(bridge, credential)));
    expect(await Promise.all(gone)).toEqual(gone.map(() => [401, 'unauthorized']));
    await clock.advanceAsync(3 * HOUR);
    expect(await outcome(renew(bridge, over.credential))).toEqual([401, 'unauthorized']);
  });
});

describe('a phone that leaves by itself', () => {
  it('leaves the invitation that the desktop made for its successor, which may be itself', async () => {
    const { bridge } = start();
    const { credential, peer_id } = await pair(bridge);
    const { token } = await invite(bridge, { peer_id });
    const left = await ask(bridge, phonePath('kitchen', peer_id), { method: 'DELETE', ...bearer(credential) });
    expect(left.status).toBe(200);
    expect(await credentialIn(await redeem(bridge, { token }))).toMatchObject({ peer_id });
  });
});

describe('a bridge that was closed', () => {
  it('invites nobody for whom the application answers afterwards, and sets no timer', async () => {
    const clock = new ManualClock();
    const late = deferred<{ subject: string; conversations: 'any' }>();
    const bridge = createTestBridge({ authorize: () => late.promise }, { clock });
    const invited = post(bridge, ENDPOINTS.pairing, { conversation_id: 'kitchen' }, bearer('ann'));
    await bridge.close();
    late.resolve({ subject: 'ann', conversations: 'any' });
    expect([await outcome(invited), clock.pending]).toEqual([[503, 'shutting_down'], 0]);
  });
});
