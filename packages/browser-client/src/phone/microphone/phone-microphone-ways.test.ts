import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';
import { PHONE_TIMES } from './step-phone.ts';

describe('a phone that comes again', () => {
  it('[S-0.26] needs no new code after a reload', async () => {
    const { phone, host, desktop, connect } = setUpPhone();
    await connect();
    host.leavePage();
    host.signaling.drop('mobile', 1001);
    const after = setUpPhone({ storage: host.storage() }, { signaling: host.signaling, network: host.network });
    expect(after.phone.hasStored()).toBe(true);
    await after.phone.join('stored');
    await settle();
    expect(after.phone.getSnapshot()).toMatchObject({
      state: 'connected',
      conversationId: 'kitchen',
      peerId: 'mobile',
    });
    expect(after.host.paired).toEqual(['renew Bearer vbphone.1']);
    expect(desktop.signaled.filter(({ type }) => type === 'answer')).toHaveLength(2);
    await phone.leave();
  });

  it('is sent for a new code when the desktop does not know it any more', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    await phone.leave();
    host.stored.set('voice-bridge.phone', '{"credential":"old","conversation_id":"kitchen","peer_id":"mobile"}');
    host.refusal = { code: 'unauthorized', status: 401 };
    await expect(phone.join('stored')).rejects.toMatchObject({
      code: 'unauthorized',
      hint: 'Scan a new code on the desktop.',
    });
    expect(phone.hasStored()).toBe(false);
    expect(phone.getSnapshot().state).toBe('failed');
  });

  it('keeps its credential while the bridge cannot be reached', async () => {
    const { phone, host } = setUpPhone();
    host.stored.set('voice-bridge.phone', '{"credential":"old","conversation_id":"kitchen","peer_id":"mobile"}');
    host.refusal = 'unreachable';
    await expect(phone.join('stored')).rejects.toMatchObject({ code: 'bridge_unreachable', retryable: true });
    expect(phone.hasStored()).toBe(true);
    expect(host.leftovers()).toEqual([]);
  });

  it('takes what is no credential for none', async () => {
    const { phone, host } = setUpPhone();
    for (const text of ['', 'null', '{"credential":1}', '{']) {
      host.stored.set('voice-bridge.phone', text);
      expect(phone.hasStored()).toBe(false);
    }
    await expect(phone.join('stored')).rejects.toMatchObject({ code: 'unauthorized' });
    expect(host.paired).toEqual([]);
  });

  it('renews its credential at half time, and again after a failure', async () => {
    const { host, connect, wait, phone } = setUpPhone();
    await connect();
    await wait(7_199_000);
    expect(host.paired).toEqual(['redeem null']);
    host.refusal = 'unreachable';
    await wait(1_000);
    host.refusal = null;
    await wait(15_000);
    expect(host.paired.slice(1)).toEqual(['renew Bearer vbphone.1', 'renew Bearer vbphone.1']);
    expect(host.stored.get('voice-bridge.phone')).toContain('vbphone.2');
    host.refusal = { code: 'unauthorized', status: 401 };
    await wait(7_200_000);
    expect(phone.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'unauthorized' } });
  });
});

describe('a phone without a path to the desktop', () => {
  const aroundIt = async () => {
    const set = setUpPhone();
    set.host.network.passes = false;
    set.desktop.arrive();
    await set.phone.join({ token: 'secret' });
    await set.wait(PHONE_TIMES.connectMs);
    await set.wait(PHONE_TIMES.askMs);
    await set.wait(PHONE_TIMES.connectMs);
    await settle();
    return set;
  };

  it('[S-0.29] takes part at the bridge with the same credential and the same microphone', async () => {
    const { phone, host, audio } = await aroundIt();
    expect(phone.getSnapshot().state).toBe('connecting');
    host.rtc[0]?.measure({ currentRoundTripTime: 0.03 }, { packetsReceived: 90, packetsLost: 10 });
    host.rtc[0]?.join();
    await settle();
    const quality = { roundTripMs: 30, lossShare: 0.1 };
    expect(phone.getSnapshot()).toMatchObject({ state: 'connected', path: 'bridge', quality });
    expect(host.rtc[0]?.tracks.at(-1)).toBe(host.microphone.tracks[0]);
    expect(audio().playing).not.toBeNull();
    const opening = host.bridge.requests.find(({ method }) => method === 'POST');
    expect(opening).toMatchObject({ authorization: 'Bearer vbphone.1', body: { join: true, name: 'mobile' } });
  });

  it('shows the conversation, and is muted there as well', async () => {
    const { phone, host } = await aroundIt();
    const line = { id: 'a', role: 'user', text: 'Hello', state: 'final' } as const;
    host.rtc[0]?.join({ assistant: 'thinking', transcript: [line] });
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ assistant: 'thinking', transcript: [line] });
    phone.setMuted(true);
    expect(host.microphone.tracks[0]?.enabled).toBe(false);
    expect(host.rtc[0]?.heard.at(-1)).toEqual({ type: 'mute', muted: true });
  });

  it('shows that the desktop muted it there, whatever it wishes itself, for as long as that lasts', async () => {
    const { phone, host, desktop } = await aroundIt();
    const common = { participant_id: 'par_1', name: 'mobile', role: 'speaker', transport: 'webrtc', gain: 1 } as const;
    host.rtc[0]?.join({ participants: [{ ...common, muted: false }] });
    await settle();
    const say = async (muted: boolean) => {
      host.rtc[0]?.say({ type: 'participants', participants: [{ ...common, muted }] });
      await settle();
    };
    await say(true);
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'muted', muted: false });
    await say(false);
    expect(phone.getSnapshot().microphone).toBe('live');
    await say(true);
    host.network.passes = true;
    await desktop.offer();
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'muted', mutedBy: 'desktop', path: 'direct' });
    desktop.say({ type: 'mute', muted: false });
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'live', mutedBy: null });
  });

  it('goes back to a direct path, silent at the bridge before it is heard at the desktop', async () => {
    const { phone, host, desktop, connection, audio } = await aroundIt();
    host.rtc[0]?.join();
    await settle();
    host.network.passes = true;
    await desktop.offer();
    await settle();
    expect(host.rtc[0]?.closed).toBe(true);
    expect(connection().track).toBe(host.microphone.tracks[0]);
    expect(phone.getSnapshot()).toMatchObject({ state: 'connected', path: 'direct' });
    expect(audio().playing?.id).toContain('of');
    expect(host.microphone.tracks[0]?.readyState).toBe('live');
  });

  it('says nothing on a direct path before it is in use', async () => {
    const { host, desktop, connection } = await aroundIt();
    host.rtc[0]?.join();
    await settle();
    await desktop.offer();
    await settle();
    expect(connection().track).not.toBe(host.microphone.tracks[0]);
    expect(host.rtc[0]?.closed).toBe(false);
  });

  it('that the system stopped says so until the bridge is heard again', async () => {
    const { phone, host } = await aroundIt();
    host.rtc[0]?.join();
    await settle();
    host.page.thaw();
    expect(phone.getSnapshot()).toMatchObject({ path: 'bridge', trouble: { code: 'page_frozen' } });
    host.rtc[0]?.say({ type: 'ping', id: 1 });
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ path: 'bridge', trouble: null });
  });

  it('is removed there as it would be here', async () => {
    const { phone, host } = await aroundIt();
    host.rtc[0]?.join();
    await settle();
    host.rtc[0]?.say({ type: 'closed', reason: 'kicked' });
    await settle();
    expect(phone.getSnapshot().state).toBe('removed');
    expect(phone.hasStored()).toBe(false);
  });
});

describe('a phone whose path changes', () => {
  it('[S-0.47] is back when the network changed: it asks the desktop for another path', async () => {
    const { phone, host, desktop, connect, wait } = setUpPhone();
    await connect();
    host.page.changeNetwork();
    await wait(PHONE_TIMES.doubtMs - 1);
    expect(host.network.ends(false)).toHaveLength(1);
    await wait(1);
    expect(phone.getSnapshot()).toMatchObject({ state: 'connected', path: 'direct', error: null });
    expect(desktop.signaled.filter(({ type }) => type === 'answer')).toHaveLength(2);
  });

  it('stays connected when the desktop answers, whatever the browser says of the network', async () => {
    const { phone, host, desktop, connect, wait } = setUpPhone();
    await connect();
    host.page.changeNetwork();
    expect(desktop.heard.at(-1)?.type).not.toBe('ping');
    await settle();
    expect(desktop.last('ping')).toEqual({ type: 'ping', id: 1 });
    desktop.say({ type: 'pong', id: 1 });
    await settle();
    await wait(PHONE_TIMES.doubtMs);
    expect(phone.getSnapshot().state).toBe('connected');
    expect(host.network.ends(false)).toHaveLength(1);
  });

  it('tries WebSockets again in another network, where they did not pass in the last one', async () => {
    const { phone, host, wait } = setUpPhone();
    host.signaling.reachable = false;
    host.events = new ReadableStream();
    await phone.join({ token: 'secret' });
    host.signaling.reachable = true;
    host.events = new ReadableStream();
    host.page.thaw();
    await wait(1);
    expect([host.signaling.dialled.length, phone.getSnapshot().state]).toEqual([1, 'waiting']);
    host.page.changeNetwork();
    await settle();
    expect(host.signaling.peers).toEqual(['mobile']);
  });

  it('knows by missing pings that its desktop fell silent', async () => {
    const { phone, desktop, connect, wait } = setUpPhone();
    await connect();
    desktop.say({ type: 'ping', id: 7 });
    await settle();
    expect(desktop.last('pong')).toEqual({ type: 'pong', id: 7 });
    await wait(6_000);
    expect(phone.getSnapshot().state).toBe('reconnecting');
  });

  it('waits when the line comes back and the desktop is gone', async () => {
    const { phone, host, desktop, wait } = setUpPhone();
    desktop.arrive(false);
    await phone.join({ token: 'secret' });
    await settle();
    host.signaling.reachable = null;
    host.signaling.drop('mobile');
    desktop.leave();
    host.signaling.reachable = true;
    await wait(1_000);
    await wait(1_000);
    expect(phone.getSnapshot()).toMatchObject({ state: 'waiting', trouble: { code: 'desktop_away' } });
  });
});
