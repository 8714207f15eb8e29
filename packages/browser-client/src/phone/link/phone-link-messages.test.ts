import { PHONE_CHANNEL_VERSION, PHONE_IDLE_MESSAGES_PER_SECOND } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';
import { PIECES_AT_ONCE } from './conversation-teller.ts';

describe('what a phone is told', () => {
  it('[S-0.46] at first: which conversation, how it is, and what was said', async () => {
    const { open, phone, bridge } = await setUpLink();
    bridge.say({ type: 'assistant', state: 'thinking' });
    bridge.say({ type: 'transcript', after: null, entry: { id: 'a', role: 'user', text: 'Hello', state: 'final' } });
    await open();
    const only = phone();
    await only.come();
    expect(only.told.slice(0, 4)).toEqual([
      { type: 'hello', protocol_version: PHONE_CHANNEL_VERSION, conversation_id: 'kitchen' },
      { type: 'session', state: 'connected' },
      { type: 'assistant', state: 'thinking' },
      { type: 'transcript', entry: { id: 'a', role: 'user', text: 'Hello', state: 'final' } },
    ]);
  });

  it('[S-0.46] then: what changes, text as it comes', async () => {
    const { open, phone, bridge } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    only.told.length = 0;
    bridge.say({ type: 'assistant', state: 'speaking' });
    const entry = { id: 'a', role: 'assistant', text: 'The lamp', state: 'partial' } as const;
    bridge.say({ type: 'transcript', after: null, entry });
    bridge.say({ type: 'transcript_delta', id: 'a', delta: ' is blue' });
    bridge.say({ type: 'transcript', after: null, entry: { ...entry, text: 'The lamp is blue', state: 'final' } });
    bridge.say({ type: 'speech', state: 'started' });
    await settle();
    expect(only.told).toEqual([
      { type: 'assistant', state: 'speaking' },
      { type: 'transcript', entry },
      { type: 'transcript_delta', id: 'a', delta: ' is blue' },
      { type: 'transcript', entry: { ...entry, text: 'The lamp is blue', state: 'final' } },
    ]);
  });

  it('text that is written faster than anybody reads in fewer, longer pieces, and whole in the end', async () => {
    const { open, phone, bridge, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    const entry = { id: 'a', role: 'assistant', text: '', state: 'partial' } as const;
    bridge.say({ type: 'transcript', after: null, entry });
    const say = (words: number) => {
      for (let word = 0; word < words; word++) bridge.say({ type: 'transcript_delta', id: 'a', delta: 'word ' });
    };
    say(1_000);
    await settle();
    const pieces = () => only.heard('transcript_delta');
    expect(pieces()).toHaveLength(PIECES_AT_ONCE);
    const late = phone('mobile-2');
    await late.come();
    await pass(1_000);
    say(1);
    await settle();
    const written = 'word '.repeat(1_001);
    expect(pieces().reduce((text, { delta }) => text + delta, '')).toBe(written.slice(0, 4_000 + PIECES_AT_ONCE * 5));
    expect(late.heard('transcript')[0]?.entry.text).toBe('word '.repeat(PIECES_AT_ONCE));
    bridge.say({ type: 'transcript', after: null, entry: { ...entry, text: written, state: 'final' } });
    await settle();
    expect(only.heard('transcript').at(-1)?.entry.text).toBe(written.slice(-4_000));
  });

  it('a typed line only as the bridge has it', async () => {
    const { open, phone, client } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await client.sendText('hello');
    await settle();
    expect(only.heard('transcript')).toEqual([]);
  });

  it('that the session ended, and began again', async () => {
    const { open, phone, client, connect } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await client.disconnect();
    await connect();
    await settle();
    expect(only.heard('session').map(({ state }) => state)).toEqual(['connected', 'closed', 'connecting', 'connected']);
  });

  it('a long line in pieces that a phone reads', async () => {
    const { open, phone, bridge } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    const text = 'x'.repeat(30_000);
    bridge.say({ type: 'transcript', after: null, entry: { id: 'a', role: 'user', text, state: 'final' } });
    await settle();
    expect(only.heard('transcript')[0]?.entry.text).toHaveLength(4_000);
  });

  it('[S-0.46] less than four messages a second while nothing happens', async () => {
    const { open, phone, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    only.told.length = 0;
    await pass(10_000);
    expect(only.told.length).toBeGreaterThan(0);
    expect(only.told.length / 10).toBeLessThan(PHONE_IDLE_MESSAGES_PER_SECOND);
  });
});

describe('another participant with the name of a device', () => {
  it('is not taken for the phone: neither shown as it nor muted', async () => {
    const { open, phone, view, host, bridge, link } = await setUpLink();
    host.network.passes = false;
    host.paired.set('mobile', 'accepted');
    await open();
    await phone().come();
    expect(view().name).toBe('The mobile');
    const other = { participant_id: 'par_3', role: 'speaker', transport: 'webrtc', gain: 1, muted: false } as const;
    bridge.say({ type: 'participants', participants: [{ ...other, name: 'The mobile' }] });
    expect(view().path).toBeNull();
    link.setMuted('mobile', true);
    expect(bridge.heard.filter(({ type }) => type === 'set_participant')).toEqual([]);
  });
});

describe('a phone that takes part at the bridge', () => {
  it('and muted itself gets its gain, and is not unmuted; what was muted here is', async () => {
    const { open, phone, host, bridge, link } = await setUpLink();
    host.network.passes = false;
    await open();
    await phone().come();
    const show = (name: string | null, muted: boolean, gain: number) => {
      const common = { participant_id: `par_${name}`, role: 'speaker', transport: 'webrtc' } as const;
      return { ...common, name, muted, gain };
    };
    const say = (muted: boolean, gain: number) =>
      bridge.say({ type: 'participants', participants: [show(null, false, 1), show('mobile', muted, gain)] });
    const asked = () => bridge.heard.filter(({ type }) => type === 'set_participant');
    say(true, 1);
    link.select('desktop');
    const change = { type: 'set_participant', participant_id: 'par_mobile' };
    expect(asked()).toEqual([{ ...change, gain: 0 }]);
    say(false, 0);
    link.setMuted('mobile', true);
    say(true, 0);
    link.setMuted('mobile', false);
    expect(asked().slice(1)).toEqual([
      { ...change, muted: true },
      { ...change, muted: false },
    ]);
    say(false, 0);
    say(true, 0);
    link.select('all');
    expect(asked().slice(3)).toEqual([{ ...change, gain: 1 }]);
  });

  it('is muted there by the desktop as well, though it muted itself, and stays so when it unmutes itself', async () => {
    const { open, phone, host, bridge, link, view } = await setUpLink();
    host.network.passes = false;
    await open();
    await phone().come();
    const common = { participant_id: 'par_2', name: 'mobile', role: 'speaker', transport: 'webrtc', gain: 1 } as const;
    const say = (muted: boolean) => bridge.say({ type: 'participants', participants: [{ ...common, muted }] });
    say(true);
    expect(view()).toMatchObject({ path: 'bridge', muted: true, mutedBy: 'phone' });
    link.setMuted('mobile', true);
    expect(bridge.heard.at(-1)).toEqual({ type: 'set_participant', participant_id: 'par_2', muted: true });
    expect(view().mutedBy).toBe('desktop');
    link.setMuted('mobile', false);
    expect(bridge.heard.at(-1)).toEqual({ type: 'set_participant', participant_id: 'par_2', muted: false });
    expect(view()).toMatchObject({ muted: true, mutedBy: 'phone' });
    say(false);
    expect(view()).toMatchObject({ muted: false, mutedBy: null });
  });
});

describe('what a phone tells', () => {
  it('[S-0.46] is shown: its name, battery, speaker and mute', async () => {
    const { open, phone, view } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await only.say({ type: 'hello', protocol_version: 1, name: 'Pixel' });
    await only.say({ type: 'battery', level: 0.5, charging: true });
    await only.say({ type: 'volume', volume: 0.7, muted: true });
    await only.say({ type: 'mute', muted: true });
    expect(view()).toMatchObject({ name: 'Pixel', battery: 0.5, speaker: { volume: 0.7, muted: true }, muted: true });
  });

  it('[S-0.48] with the round trip of its pings', async () => {
    const { open, phone, view, host, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    expect(view().roundTripMs).toBe(0);
    only.alive = false;
    await pass(2_000);
    host.clock.advance(150);
    const id = only.heard('ping').at(-1)?.id ?? 0;
    await only.say({ type: 'pong', id });
    expect(view().roundTripMs).toBe(150);
    await only.say({ type: 'pong', id: 999 });
    expect(view().roundTripMs).toBe(150);
  });

  it('is not believed when it is nonsense, and what is unknown changes nothing', async () => {
    const { open, phone, link, view } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    const before = link.getSnapshot();
    const connection = only.connections.at(-1);
    for (const text of ['', '{', '[]', '{"type":"battery","level":9}', '{"type":"of tomorrow"}', 'x'.repeat(20_000)]) {
      connection?.send(text);
    }
    await settle();
    expect(link.getSnapshot()).toBe(before);
    expect(view().state).toBe('connected');
  });

  it('that it goes: it is away at once', async () => {
    const { open, phone, view, mixer } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await only.say({ type: 'bye', reason: 'left' });
    expect(view().state).toBe('away');
    expect(mixer().phones.get('mobile')).toBeNull();
  });

  it('its own ping is answered', async () => {
    const { open, phone } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await only.say({ type: 'ping', id: 7 });
    expect(only.heard('pong')).toEqual([{ type: 'pong', id: 7 }]);
  });
});
