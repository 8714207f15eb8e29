import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { openBridge } from '../testing/ask.ts';
import { createTestBridge } from '../testing/create-test-bridge.ts';
import { FakeSessionHost } from '../testing/fake-session-host.ts';

async function start() {
  const clock = new ManualClock();
  const host = new FakeSessionHost();
  const bridge = createTestBridge({ authorize: 'open' }, { host, clock });
  await openBridge(bridge, 'c');
  const participantId = host.last.told('join')[0]?.participantId ?? '';
  return { clock, host, participantId, sessions: bridge.sessions };
}

describe('bridge.sessions', () => {
  it('[S-1.38] lists who is in a session, as they are now', async () => {
    const { host, participantId, sessions } = await start();
    const participant = { participantId, name: null, role: 'speaker', transport: 'webrtc', muted: false, gain: 1 };
    expect(sessions.participants('c')).toEqual([participant]);
    host.last.emit({ type: 'participantChanged', participantId, muted: true, gain: 3, role: 'listener' });
    expect(sessions.participants('c')).toEqual([{ ...participant, muted: true, gain: 3, role: 'listener' }]);
    expect(sessions.participants('never')).toBeUndefined();
  });

  it('[S-1.39] changes and removes participants', async () => {
    const { host, participantId, sessions } = await start();
    expect(sessions.setParticipant('c', participantId, { muted: true, gain: 0 })).toBe(true);
    expect(sessions.removeParticipant('c', participantId)).toBe(true);
    expect(host.last.commands.slice(1)).toEqual([
      { type: 'setParticipant', participantId, muted: true, gain: 0 },
      { type: 'removeParticipant', participantId },
    ]);
    expect([
      sessions.setParticipant('c', 'par_never', { muted: true }),
      sessions.removeParticipant('never', 'x'),
    ]).toEqual([false, false]);
    expect(() => sessions.setParticipant('c', participantId, { gain: 5 })).toThrow(TypeError);
  });

  it('plays samples to everybody and says when they were heard', async () => {
    const { host, sessions } = await start();
    const heard: string[] = [];
    const plays = [Int16Array.of(1), Int16Array.of(2)].map((samples, n) =>
      sessions.play('c', samples).then(() => heard.push(`recording ${n}`)),
    );
    await expect.poll(() => host.last.told('play').length).toBe(2);
    const [first, second] = host.last.told('play');
    expect(first?.samples).toEqual(Int16Array.of(1));
    host.last.emit({ type: 'played', playId: second?.playId ?? '' });
    await plays[1];
    host.last.emit({ type: 'played', playId: first?.playId ?? '' });
    await plays[0];
    expect(heard).toEqual(['recording 1', 'recording 0']);
  });

  it('says why a recording was not heard: there is no session, or it ended first', async () => {
    const { host, sessions } = await start();
    await expect(sessions.play('never', Int16Array.of(1))).rejects.toMatchObject({ code: 'not_found' });
    const play = sessions.play('c', Int16Array.of(1));
    await expect.poll(() => host.last.told('play').length).toBe(1);
    host.last.end('left');
    await expect(play).rejects.toMatchObject({ code: 'session_closed' });
  });
});
