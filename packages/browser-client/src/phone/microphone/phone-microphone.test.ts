import { PHONE_CHANNEL_VERSION } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';

describe('a phone that joins', () => {
  it('[S-0.21] waits for the desktop, answers its offer, and is its microphone', async () => {
    const { phone, desktop, host, connection, audio } = setUpPhone();
    await phone.join({ token: 'secret' });
    expect(phone.getSnapshot()).toMatchObject({ state: 'waiting', conversationId: 'kitchen', peerId: 'mobile' });
    expect(phone.getSnapshot().trouble?.code).toBe('desktop_away');
    desktop.arrive();
    await settle();
    expect(phone.getSnapshot()).toMatchObject({
      state: 'connected',
      path: 'direct',
      microphone: 'live',
      trouble: null,
    });
    expect(phone.getSnapshot().quality).toEqual({ roundTripMs: 20, lossShare: 0 });
    expect(connection().track).toBe(host.microphone.tracks[0]);
    expect(audio().playing).not.toBeNull();
    expect(host.signaling.dialled[0]).toEqual({ peerId: 'mobile', token: 'vbphone.1' });
  });

  it('[S-0.46] tells the desktop who it is, and what it does', async () => {
    const { desktop, connect, host } = setUpPhone();
    await connect();
    expect(desktop.heard.slice(0, 3)).toEqual([
      { type: 'hello', protocol_version: PHONE_CHANNEL_VERSION, name: 'Fake phone' },
      { type: 'mute', muted: false },
      { type: 'volume', muted: false, volume: 1 },
    ]);
    host.page.drain({ level: 0.5, charging: false });
    await settle();
    expect(desktop.last('battery')).toEqual({ type: 'battery', level: 0.5, charging: false });
  });

  it('[S-0.46] shows what the desktop tells of the conversation', async () => {
    const { phone, desktop, connect } = setUpPhone();
    await connect();
    const entry = { id: 'a', role: 'assistant', text: 'Hel', state: 'partial' } as const;
    desktop.say({ type: 'assistant', state: 'speaking' });
    desktop.say({ type: 'transcript', entry });
    desktop.say({ type: 'transcript_delta', id: 'a', delta: 'lo' });
    await settle();
    expect(phone.getSnapshot().assistant).toBe('speaking');
    expect(phone.getSnapshot().transcript).toEqual([{ ...entry, text: 'Hello' }]);
    desktop.say({ type: 'hello', protocol_version: 1, conversation_id: 'kitchen' });
    desktop.say({ type: 'transcript', entry: { ...entry, id: 'b' } });
    await settle();
    expect(phone.getSnapshot().transcript).toEqual([{ ...entry, id: 'b' }]);
  });

  it('takes addresses that come with the offer, and says its own after the answer', async () => {
    const { desktop, host, connection, phone } = setUpPhone();
    desktop.arrive(false);
    await phone.join({ code: 'ABCD-EFGH' });
    await desktop.offer();
    const candidate = { candidate: 'candidate:1', sdpMid: '0', sdpMLineIndex: 0 };
    desktop.signal({ type: 'candidate', candidate, connection_id: 'c1' });
    desktop.signal({ type: 'candidate', candidate: null, connection_id: 'of another time' });
    await settle();
    expect(connection().candidates).toEqual([candidate]);
    connection().find(candidate);
    await settle();
    expect(desktop.signaled.slice(-2)).toEqual([
      { type: 'answer', sdp: 'answer 1', connection_id: 'c1' },
      { type: 'candidate', candidate, connection_id: 'c1' },
    ]);
    expect(host.errors).toEqual([]);
  });

  it('leaves nothing behind, and forgets its credential, when it leaves', async () => {
    const { phone, desktop, connect, host } = setUpPhone();
    await connect();
    expect(phone.hasStored()).toBe(true);
    await phone.leave();
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'closed', path: null, microphone: 'off', error: null });
    expect(phone.hasStored()).toBe(false);
    expect(desktop.last('bye')).toEqual({ type: 'bye', reason: 'left' });
    desktop.die();
    host.network.ends(true).at(-1)?.close();
    expect(host.leftovers()).toEqual([]);
  });

  it('fails with the reason, and leaves nothing behind, when it is not let in', async () => {
    const { phone, host } = setUpPhone();
    host.refusal = { code: 'pairing_used', status: 410 };
    await expect(phone.join({ token: 'old' })).rejects.toMatchObject({ code: 'pairing_used' });
    expect(phone.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'pairing_used' } });
    expect(host.leftovers()).toEqual([]);
    host.refusal = null;
    await phone.join({ token: 'new' });
    expect(phone.getSnapshot()).toMatchObject({ state: 'waiting', error: null });
  });

  it('stops when it leaves before it is in', async () => {
    const { phone, host } = setUpPhone();
    host.signaling.reachable = null;
    const joining = phone.join({ token: 'secret' });
    await settle();
    await phone.leave();
    await expect(joining).rejects.toMatchObject({ code: 'aborted' });
    expect(phone.getSnapshot().state).toBe('closed');
    await settle();
    expect(host.leftovers()).toEqual([]);
  });
});

describe('a phone that the desktop ends', () => {
  it('is removed: its credential is forgotten', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    host.signaling.tell('mobile', { type: 'peer', peer_id: 'mobile', state: 'removed' });
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'removed', microphone: 'off', path: null });
    expect(phone.hasStored()).toBe(false);
    await expect(phone.join('stored')).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('is told so on the data channel as well', async () => {
    const { phone, desktop, connect } = setUpPhone();
    await connect();
    desktop.say({ type: 'bye', reason: 'removed' });
    await settle();
    expect(phone.getSnapshot().state).toBe('removed');
  });

  it('closes when another page is this phone now, and keeps the credential for it', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    host.signaling.drop('mobile', 4409);
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'closed', error: { code: 'session_replaced' } });
    expect(phone.hasStored()).toBe(true);
  });

  it('leaves a desktop that says too much, with a coded error, and reads what it can use', async () => {
    const { phone, desktop, connect, host } = setUpPhone();
    await connect();
    const say = async (times: number) => {
      for (let said = 0; said < times; said++) {
        desktop.say({ type: 'volume', muted: false, volume: (said % 2) / 2 });
      }
      desktop.say({ type: 'assistant', state: 'thinking' });
      await settle();
    };
    await say(1_000);
    expect(phone.getSnapshot()).toMatchObject({ state: 'connected', assistant: 'idle' });
    await say(1_000);
    expect(phone.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'rate_limited' }, path: null });
    expect(host.network.ends(false).map(({ closed }) => closed)).toEqual([true]);
  });

  it.each([
    { type: 'hello', protocol_version: PHONE_CHANNEL_VERSION + 1, conversation_id: 'kitchen' },
    { type: 'bye', reason: 'protocol_mismatch' },
  ] as const)('ends in words, and tries no other connection, when either page is newer: %o', async (message) => {
    const { phone, desktop, connect, host, wait } = setUpPhone();
    await connect();
    desktop.say(message);
    await settle();
    const error = { code: 'protocol_mismatch', retryable: false, hint: 'Load both pages again.' };
    expect(phone.getSnapshot()).toMatchObject({ state: 'failed', error, path: null });
    expect(desktop.last('bye')).toEqual({ type: 'bye', reason: 'protocol_mismatch' });
    await wait(600_000);
    expect(host.network.ends(false).map(({ closed }) => closed)).toEqual([true]);
    expect([host.signaling.peers, phone.hasStored()]).toEqual([['desktop'], true]);
  });

  it('waits for a desktop that closes, and connects when it is back', async () => {
    const { phone, desktop, connect, audio } = setUpPhone();
    await connect();
    desktop.say({ type: 'bye', reason: 'closed' });
    desktop.leave();
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'waiting', path: null, trouble: { code: 'desktop_away' } });
    expect(audio().playing).toBeNull();
    desktop.arrive();
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'connected', path: 'direct', trouble: null });
  });
});
