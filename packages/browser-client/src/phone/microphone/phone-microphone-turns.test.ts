import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';
import { PHONE_TIMES } from './step-phone.ts';

const TURNS = { type: 'session', state: 'connected', push_to_talk: true } as const;

describe('a phone where the bridge detects no turns', () => {
  it('is heard while its button is held, and says when a turn begins and ends', async () => {
    const { phone, host, desktop, connect } = setUpPhone();
    await connect();
    const track = host.microphone.tracks[0];
    desktop.say(TURNS);
    await settle();
    expect(phone.getSnapshot()).toMatchObject({
      microphone: 'muted',
      pushToTalk: 'ready',
      muted: false,
      mutedBy: null,
    });
    expect(track?.enabled).toBe(false);
    phone.hold();
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'live', pushToTalk: 'talking' });
    expect(track?.enabled).toBe(true);
    await settle();
    expect(desktop.last('talk')).toEqual({ type: 'talk', talking: true });
    phone.release();
    expect(track?.enabled).toBe(false);
    await settle();
    expect(desktop.last('talk')).toEqual({ type: 'talk', talking: false });
    desktop.say({ type: 'session', state: 'connected' });
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'live', pushToTalk: 'off' });
  });

  it('takes no turn while the desktop muted it, and says nothing of turns where they are detected', async () => {
    const { phone, desktop, connect } = setUpPhone();
    await connect();
    phone.setMuted(true);
    phone.hold();
    phone.release();
    desktop.say(TURNS);
    desktop.say({ type: 'mute', muted: true });
    await settle();
    phone.hold();
    await settle();
    expect(desktop.last('talk')).toBeUndefined();
    desktop.say({ type: 'mute', muted: false });
    await settle();
    expect(desktop.last('talk')).toEqual({ type: 'talk', talking: true });
  });

  it('takes its turn at the bridge in the same way, where no path leads to the desktop', async () => {
    const { phone, host, desktop, wait } = setUpPhone();
    host.network.passes = false;
    desktop.arrive();
    await phone.join({ token: 'secret' });
    await wait(PHONE_TIMES.connectMs);
    await wait(PHONE_TIMES.askMs);
    await wait(PHONE_TIMES.connectMs);
    host.rtc[0]?.join({ push_to_talk: true });
    await settle();
    const track = host.microphone.tracks[0];
    expect(phone.getSnapshot()).toMatchObject({ path: 'bridge', microphone: 'muted', pushToTalk: 'ready' });
    expect(track?.enabled).toBe(false);
    phone.hold();
    expect(track?.enabled).toBe(true);
    phone.release();
    expect(track?.enabled).toBe(false);
    await settle();
    // No mute beside it: that would drop the last words.
    expect(host.rtc[0]?.heard.map(({ type }) => type)).toEqual(['interrupt', 'clear', 'commit']);
  });
});
