import { ENDPOINTS, participantsPath, sdpPath } from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { ask, OFFER, openBridge, post } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../../testing/fake-session-host.ts';
import type { Identity } from './identity.ts';

const ANN: Identity = { subject: 'ann', conversations: ['c'] };

function start() {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const people = new Map([['ann', ANN]]);
  let asked = 0;
  const authorize = (request: Request) => {
    asked++;
    return people.get(request.headers.get('authorization') ?? '');
  };
  const bridge = createTestBridge({ authorize, limits: { sessionMinutes: 5 } }, { host, clock });
  const as = { headers: { authorization: 'ann' } };
  const offer = { type: 'offer', sdp: OFFER, conversation_id: 'c' };
  const ways = {
    bridge: () => openBridge(bridge, 'c', as),
    participants: () => post(bridge, participantsPath('c'), { offer: OFFER }, as),
    voice: () => post(bridge, ENDPOINTS.voiceOffer, offer, as),
    sdp: () => {
      const headers = { ...as.headers, 'content-type': 'application/sdp' };
      return ask(bridge, sdpPath(host.last.options.sessionId), { method: 'POST', headers, body: OFFER });
    },
  };
  const removed = () => host.last.told('removeParticipant');
  return { clock, host, bridge, people, ways, removed, asked: () => asked };
}

describe('a participant by WebRTC', () => {
  it.each(['participants', 'voice', 'sdp', 'bridge'] as const)(
    'that came by %s is asked for every minute, and stays as long as it may',
    async (way) => {
      const { clock, host, people, ways, removed, asked } = start();
      await ways.bridge();
      if (way !== 'bridge') await ways[way]();
      const joins = host.last.told('join');
      const before = asked();
      await clock.advanceAsync(120_000);
      expect([asked() - before, removed()]).toEqual([2 * joins.length, []]);
      people.delete('ann');
      await clock.advanceAsync(60_000);
      expect(removed()).toEqual(
        joins.map(({ participantId }) => ({ type: 'removeParticipant', participantId, code: 'unauthorized' })),
      );
    },
  );

  it.each<[string, Identity, string]>([
    ['loses the conversation', { ...ANN, conversations: [] }, 'forbidden'],
    ['may not join any more', { ...ANN, scopes: ['text'] }, 'forbidden'],
    ['is somebody else by now', { ...ANN, subject: 'eve' }, 'unauthorized'],
  ])('that %s leaves', async (_why, now, code) => {
    const { clock, people, ways, removed } = start();
    await ways.bridge();
    people.set('ann', now);
    await clock.advanceAsync(60_000);
    expect(removed()).toMatchObject([{ code }]);
  });

  it('that is gone is asked for no more, nor anybody when the session is over', async () => {
    const { clock, host, ways, asked } = start();
    await ways.bridge();
    await ways.participants();
    const [first] = host.last.told('join');
    host.last.emit({ type: 'participantLeft', participantId: first?.participantId ?? '', reason: 'left' });
    const before = asked();
    await clock.advanceAsync(60_000);
    expect(asked() - before).toBe(1);
    host.last.end('left');
    await clock.advanceAsync(120_000);
    expect([asked() - before, clock.pending]).toEqual([1, 0]);
  });

  it('is asked for by nobody where everybody may connect', async () => {
    const clock = new ManualClock();
    const host = new FakeSessionHost();
    await openBridge(createTestBridge({ authorize: 'open' }, { host, clock }), 'c');
    await clock.advanceAsync(120_000);
    expect(host.last.told('removeParticipant')).toEqual([]);
  });
});
