import { describe, expect, it } from 'vitest';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

describe('the mix of a PhoneLink', () => {
  it('[S-0.24] [S-0.25] takes gains from 0 to 4 and mutes of every source', async () => {
    const { open, phone, link, mixer, view } = await setUpLink();
    await open();
    await phone().come();
    link.setGain('mobile', 2);
    link.setGain('desktop', 0.5);
    expect(Object.fromEntries(mixer().gains)).toEqual({ desktop: 0.5, mobile: 2 });
    link.setMuted('desktop', true);
    link.setMuted('mobile', true);
    expect(Object.fromEntries(mixer().gains)).toEqual({ desktop: 0, mobile: 0 });
    expect(link.getSnapshot().desktop).toEqual({ muted: true, gain: 0.5 });
    expect(view()).toMatchObject({ muted: true, gain: 2 });
    for (const gain of [-1, 5, Number.NaN]) expect(() => link.setGain('mobile', gain)).toThrow(RangeError);
  });

  it('[S-0.49] lets one microphone alone be heard, or all', async () => {
    const { open, phone, link, mixer } = await setUpLink();
    await open();
    await phone('mobile').come();
    await phone('mobile-2').come();
    link.select('mobile-2');
    expect(Object.fromEntries(mixer().gains)).toEqual({ desktop: 0, mobile: 0, 'mobile-2': 1 });
    expect(link.getSnapshot().selected).toBe('mobile-2');
    await phone('mobile-3').come();
    expect(mixer().gains.get('mobile-3')).toBe(0);
    link.select('all');
    expect([...mixer().gains.values()]).toEqual([1, 1, 1, 1]);
  });

  it('keeps what was wanted while a phone is away, and while the link is closed', async () => {
    const { open, phone, link, mixer, view, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    link.setMuted('mobile', true);
    link.setGain('mobile', 3);
    await link.close();
    await open();
    await pass(100);
    expect(view()).toMatchObject({ muted: true, gain: 3 });
    expect(mixer().gains.get('mobile')).toBe(0);
    expect(only.heard('mute').at(-1)).toEqual({ type: 'mute', muted: true });
  });

  it('[S-0.46] mutes a phone here at once, and tells it', async () => {
    const { open, phone, link, view, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    link.setMuted('mobile', true);
    await pass(1);
    expect(only.heard('mute').map(({ muted }) => muted)).toEqual([false, true]);
    expect(view()).toMatchObject({ muted: true, mutedBy: 'desktop' });
    link.setMuted('mobile', false);
    await pass(1);
    expect(only.heard('mute').at(-1)).toEqual({ type: 'mute', muted: false });
    expect(view()).toMatchObject({ muted: false, mutedBy: null });
  });

  it('tells a phone of its mute only when that changes', async () => {
    const { open, phone, link, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    for (let step = 0; step < 20; step++) link.setGain('mobile', step / 10);
    await pass(1);
    expect(only.heard('mute')).toHaveLength(1);
  });

  it('[S-0.46] says who muted a phone: neither it nor the desktop undoes what the other one did', async () => {
    const { open, phone, link, mixer, view } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await only.say({ type: 'mute', muted: true });
    expect(view()).toMatchObject({ muted: true, mutedBy: 'phone' });
    link.setMuted('mobile', false);
    expect(view()).toMatchObject({ muted: true, mutedBy: 'phone' });
    link.setMuted('mobile', true);
    expect(view().mutedBy).toBe('desktop');
    await only.say({ type: 'mute', muted: false });
    expect(view()).toMatchObject({ muted: true, mutedBy: 'desktop' });
    expect(mixer().gains.get('mobile')).toBe(0);
    await only.say({ type: 'mute', muted: true });
    link.setMuted('mobile', false);
    expect(view()).toMatchObject({ muted: true, mutedBy: 'phone' });
    expect(mixer().gains.get('mobile')).toBe(1);
  });

  it('tells a phone that comes back what it is now: it may have been unmuted meanwhile', async () => {
    const { open, phone, link, pass } = await setUpLink();
    await open();
    const first = phone();
    await first.come();
    link.setMuted('mobile', true);
    first.alive = false;
    await first.go();
    await pass(1_000);
    link.setMuted('mobile', false);
    await first.come();
    expect(first.heard('mute').map(({ muted }) => muted)).toEqual([false, true, false]);
  });

  it('[S-0.20] sends the desktop microphone to phones only when asked to', async () => {
    const { open, link, mixer } = await setUpLink();
    await open();
    expect(mixer().microphoneToPhones).toBe(false);
    link.setSendMicrophoneToPhone(true);
    expect(mixer().microphoneToPhones).toBe(true);
    expect(link.getSnapshot().sendsMicrophoneToPhone).toBe(true);
    const other = await setUpLink({ sendMicrophoneToPhone: true });
    await other.open();
    expect(other.mixer().microphoneToPhones).toBe(true);
  });

  it('tells how loud a source is without a change of the snapshot', async () => {
    const { open, phone, link, mixer } = await setUpLink();
    await open();
    await phone().come();
    const before = link.getSnapshot();
    mixer().levels.set('mobile', 0.25);
    expect(link.level('mobile')).toBe(0.25);
    expect(link.level('mobile-5')).toBe(0);
    expect(link.getSnapshot()).toBe(before);
  });

  it('tells how loud a phone plays, as it says itself, and how loud one is that takes part at the bridge', async () => {
    const { open, phone, link, host, bridge, pass } = await setUpLink();
    await open();
    const near = phone();
    await near.come();
    await near.say({ type: 'levels', microphone: 0.1, speaker: 0.4 });
    expect(link.speakerLevel('mobile')).toBe(0.4);
    near.alive = false;
    await near.go();
    await pass(1_000);
    expect([link.speakerLevel('mobile'), link.speakerLevel('mobile-2')]).toEqual([0, 0]);

    host.network.passes = false;
    await phone('mobile-2').come();
    const far = { participant_id: 'par_2', role: 'speaker', transport: 'webrtc', gain: 1, muted: false } as const;
    bridge.say({ type: 'participants', participants: [{ ...far, name: 'mobile-2' }] });
    bridge.say({ type: 'levels', levels: [{ participant_id: 'par_2', level: 0.3 }], active: null });
    expect(link.level('mobile-2')).toBe(0.3);
  });

  it('works without a desktop microphone', async () => {
    const { page, client, open, phone, bridge, view } = await setUpLink();
    page.microphone.refusal = 'microphone_not_found';
    page.microphone.unplug();
    await open();
    await phone().come();
    expect(client.getSnapshot().microphone).not.toBe('live');
    expect(bridge.tracks.at(-1)?.label).toBe('mix');
    expect(view().state).toBe('connected');
  });
});

describe('a mix that the browser stops', () => {
  it('leaves the desktop its plain microphone, with a warning, until it runs again', async () => {
    const { open, phone, bridge, mixer, warnings, page } = await setUpLink();
    await open();
    await phone().come();
    expect(bridge.tracks.at(-1)?.label).toBe('mix');
    mixer().run(false);
    expect(bridge.tracks.at(-1)?.label).toBe('microphone-1');
    expect(warnings).toEqual(['audio_blocked']);
    expect(page.speakers.at(-1)?.volume).toBe(1);
    mixer().run(true);
    expect(bridge.tracks.at(-1)?.label).toBe('mix');
    expect(page.speakers.at(-1)?.volume).toBe(0.2);
    expect(warnings).toHaveLength(1);
  });
});

describe('the settings of a phone', () => {
  it('that left for good are forgotten: was it alone selected, all are, and the desktop, silent until then, is muted', async () => {
    const { open, phone, link, mixer, host } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    link.select('mobile');
    link.setGain('mobile', 3);
    await only.say({ type: 'bye', reason: 'left' });
    await only.go();
    host.signaling.tell('desktop', { type: 'peer', peer_id: 'mobile', state: 'removed' });
    expect(link.getSnapshot()).toMatchObject({ selected: 'all', phones: [], desktop: { muted: true } });
    expect(Object.fromEntries(mixer().gains)).toEqual({ desktop: 0 });
    link.setMuted('desktop', false);
    expect(Object.fromEntries(mixer().gains)).toEqual({ desktop: 1 });
    await phone().come();
    expect(mixer().gains.get('mobile')).toBe(1);
  });

  it('that was invited in vain are forgotten, too', async () => {
    const { link, mixer, open, pass } = await setUpLink();
    await open();
    await link.invite();
    link.select('mobile');
    expect(mixer().gains.get('desktop')).toBe(0);
    await pass(121_000);
    expect(link.getSnapshot()).toMatchObject({ selected: 'all', desktop: { muted: true } });
    expect(mixer().gains.get('desktop')).toBe(0);
  });
});

describe("the desktop's speaker while a phone is used", () => {
  it.each([
    [undefined, 0.2],
    ['duck', 0.2],
    ['mute', 0],
    ['leave', 1],
  ] as const)('[S-0.20] rule %s: a factor of %d', async (speakerWhilePhone, volume) => {
    const { open, phone, page } = await setUpLink(speakerWhilePhone === undefined ? {} : { speakerWhilePhone });
    await open();
    expect(page.speakers.at(-1)?.volume).toBe(1);
    await phone().come();
    expect(page.speakers.at(-1)?.volume).toBe(volume);
  });

  it('is as loud as before two seconds after the last phone went silent, and no sooner', async () => {
    const { open, phone, page, pass, link } = await setUpLink();
    const volume = () => page.speakers.at(-1)?.volume;
    await open();
    const only = phone();
    await only.come();
    await only.say({ type: 'mute', muted: true });
    await pass(1_500);
    await only.say({ type: 'mute', muted: false });
    await pass(5_000);
    expect(volume()).toBe(0.2);
    link.select('desktop');
    await pass(1_500);
    expect(volume()).toBe(0.2);
    await pass(500);
    expect(volume()).toBe(1);
    link.select('all');
    expect(volume()).toBe(0.2);
    await link.close();
    expect(volume()).toBe(1);
  });
});
