import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';
import { ECHO_MS, SETTLE_MS } from './bridge-detour.ts';

/** A phone that its desktop muted, and that then found no path but the one through the bridge, as participant `par_1`. */
async function setUpAround({ told = true } = {}) {
  const setup = setUpPhone();
  const { phone, host, desktop, audio, connect, wait } = setup;
  await connect();
  const track = host.microphone.tracks[0];
  desktop.say({ type: 'mute', muted: told });
  await settle();
  host.network.passes = false;
  host.network.ends(false).at(-1)?.closeChannel();
  for (let seconds = 0; host.rtc.length === 0 && seconds < 60; seconds++) await wait(1_000);
  const rtc = () => host.rtc.at(-1);
  const self = (id: string, muted: boolean) =>
    ({ participant_id: id, name: 'mobile', role: 'speaker', transport: 'webrtc', gain: 1, muted }) as const;
  const join = async (id = 'par_1', fields: { readonly push_to_talk?: true } = {}) => {
    rtc()?.join({ participant_id: id, participants: [self(id, false)], ...fields });
    await settle();
  };
  /** The bridge says whether it is muted there. */
  const say = async (muted: boolean, id = 'par_1') => {
    rtc()?.say({ type: 'participants', participants: [self(id, muted)] });
    await settle();
  };
  /** Whether the microphone reaches the bridge. */
  const isLive = () => rtc()?.tracks.at(-1) === track && track?.enabled === true;
  const silence = () => audio().silence;
  return { ...setup, rtc, join, say, isLive, silence, track, phone };
}

describe('a phone that its desktop muted, on the way through the bridge', () => {
  it('[S-0.22] is silent from the first moment, whatever else happens there, and says who muted it', async () => {
    const { phone, rtc, join, isLive, silence, track, wait } = await setUpAround();
    expect(rtc()?.tracks).toEqual([silence()]);
    await join();
    rtc()?.say({ type: 'assistant', state: 'thinking' });
    await wait(SETTLE_MS - 1);
    expect([rtc()?.tracks, track?.enabled, isLive()]).toEqual([[silence()], false, false]);
    expect(phone.getSnapshot()).toMatchObject({
      path: 'bridge',
      microphone: 'muted',
      muted: false,
      mutedBy: 'desktop',
    });
  });

  it('is not heard by anything that its user does', async () => {
    const { phone, join, isLive, track } = await setUpAround();
    await join();
    phone.setMuted(true);
    phone.setMuted(false);
    phone.hold();
    await settle();
    expect([isLive(), track?.enabled, phone.getSnapshot().mutedBy]).toEqual([false, false, 'desktop']);
  });

  it('is heard again when the desktop ends at the bridge what it repeated there', async () => {
    const { phone, rtc, join, say, isLive, wait } = await setUpAround();
    await join();
    await say(true);
    await wait(SETTLE_MS);
    expect(phone.getSnapshot()).toMatchObject({ muted: false, mutedBy: 'desktop' });
    await say(false);
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'live', mutedBy: null });
    expect(isLive()).toBe(true);
    expect(rtc()?.heard).toEqual([]);
  });

  it('that muted itself, too, stays so when the desktop ends its mute', async () => {
    const { phone, rtc, join, say, isLive } = await setUpAround();
    phone.setMuted(true);
    await join();
    await say(true);
    expect(phone.getSnapshot().mutedBy).toBe('desktop');
    await say(false);
    expect([phone.getSnapshot().mutedBy, isLive()]).toEqual(['phone', false]);
    expect(rtc()?.heard.at(-1)).toEqual({ type: 'mute', muted: true });
    phone.setMuted(false);
    await settle();
    expect(isLive()).toBe(true);
  });

  it('is muted by itself when the desktop does not repeat it there: nobody is heard unasked, or mute for ever', async () => {
    const { phone, rtc, join, isLive, wait } = await setUpAround();
    await join();
    await wait(SETTLE_MS);
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'muted', muted: true, mutedBy: 'phone' });
    expect(isLive()).toBe(false);
    expect(rtc()?.heard.at(-1)).toEqual({ type: 'mute', muted: true });
    phone.setMuted(false);
    await settle();
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
  });

  it('stays silent when it comes to the bridge as somebody new', async () => {
    const { phone, rtc, join, say, isLive, silence, wait } = await setUpAround();
    await join();
    await say(true);
    await join('par_2');
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([false, 'desktop']);
    expect(rtc()?.tracks.at(-1)).toBe(silence());
    await say(true, 'par_2');
    await wait(SETTLE_MS);
    expect(phone.getSnapshot()).toMatchObject({ muted: false, mutedBy: 'desktop' });
    await say(false, 'par_2');
    expect(isLive()).toBe(true);
  });

  it('takes no turn there while it is muted by the desktop', async () => {
    const { phone, rtc, join, say, isLive } = await setUpAround();
    await join('par_1', { push_to_talk: true });
    phone.hold();
    await settle();
    expect([rtc()?.heard, isLive()]).toEqual([[], false]);
    await say(true);
    await say(false);
    expect(phone.getSnapshot()).toMatchObject({ mutedBy: null, pushToTalk: 'talking' });
    expect(rtc()?.heard.map(({ type }) => type)).toEqual(['interrupt', 'clear']);
    expect(isLive()).toBe(true);
  });
});

it('a phone that nobody muted is heard at the bridge from the first moment, and stays so', async () => {
  const { phone, join, isLive, wait } = await setUpAround({ told: false });
  await join();
  expect(isLive()).toBe(true);
  await wait(SETTLE_MS);
  expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
});

describe('a phone that ends its own mute at the bridge', () => {
  /** Muted by itself, which the bridge has said, and just unmuted. */
  const setUpUnmuted = async () => {
    const setup = await setUpAround({ told: false });
    await setup.join();
    setup.phone.setMuted(true);
    await settle();
    await setup.say(true);
    setup.phone.setMuted(false);
    await settle();
    return setup;
  };

  it('is heard at once: what the bridge said of that mute is not taken for one of the desktop', async () => {
    const { phone, rtc, say, isLive, silence, wait } = await setUpUnmuted();
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
    await say(true);
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
    await say(false);
    await wait(SETTLE_MS);
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
    expect(rtc()?.tracks).not.toContain(silence());
  });

  it('stays heard when it comes as somebody new before the bridge said so', async () => {
    const { phone, join, isLive, wait } = await setUpUnmuted();
    await join('par_2');
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
    await wait(SETTLE_MS);
    expect(phone.getSnapshot()).toMatchObject({ muted: false, mutedBy: null });
    expect(isLive()).toBe(true);
  });

  it('is muted by the desktop where the bridge does not say within two seconds that it is over', async () => {
    const { phone, say, isLive, wait } = await setUpUnmuted();
    await wait(ECHO_MS);
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([false, 'desktop']);
    await say(false);
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([true, null]);
  });

  it('is muted by the desktop at once when its own mute has long been over', async () => {
    const { phone, say, isLive, wait } = await setUpUnmuted();
    await say(false);
    await wait(ECHO_MS);
    await say(true);
    expect([isLive(), phone.getSnapshot().mutedBy]).toEqual([false, 'desktop']);
  });
});
