import { type ErrorCode, VoiceBridgeError } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { FakePhoneNetwork } from '../../testing/fake-phone-connection.ts';
import { FakePhoneHost } from '../../testing/fake-phone-host.ts';
import { setUpPhone } from '../../testing/phone-fixture.ts';
import type { PhoneConnectionOptions } from '../shared/phone-connection.ts';
import { PhoneMicrophone } from './phone-microphone.ts';

const UNSUPPORTED = {
  trouble: { code: 'webrtc_unsupported', resumable: false, message: expect.stringContaining('current Chrome') },
};

describe('the microphone of a phone', () => {
  it.each<[ErrorCode, boolean]>([
    ['microphone_denied', true],
    ['microphone_not_found', true],
    ['microphone_in_use', true],
    ['microphone_failed', true],
    ['insecure_context', false],
  ])(
    '[S-0.27] joins without one, says why (%s), and opens it in a tap where that can help',
    async (code, resumable) => {
      const { phone, host, desktop, connection, audio } = setUpPhone();
      host.microphone.refusal = code;
      desktop.arrive();
      await phone.join({ token: 'secret' });
      await settle();
      expect(phone.getSnapshot()).toMatchObject({
        state: 'connected',
        microphone: 'unavailable',
        microphoneReason: code,
      });
      expect(phone.getSnapshot().trouble).toMatchObject({ code, resumable, message: expect.stringContaining(':') });
      expect(connection().track).toBe(audio().silence);
      host.microphone.refusal = null;
      await phone.resume();
      expect(phone.getSnapshot()).toMatchObject({ microphone: 'live', trouble: null });
      await settle();
      expect(connection().track).toBe(host.microphone.tracks[0]);
    },
  );

  it('says that a call keeps it silent, until the call is over', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    const track = host.microphone.tracks[0];
    track?.silence(true);
    expect(phone.getSnapshot().trouble).toMatchObject({ code: 'microphone_interrupted', resumable: true });
    track?.silence(false);
    expect(phone.getSnapshot().trouble).toBeNull();
  });

  it('is opened anew in a tap when the system does not give it back', async () => {
    const { phone, host, connect, connection } = setUpPhone();
    await connect();
    host.microphone.tracks[0]?.silence(true);
    await phone.resume();
    await settle();
    expect(phone.getSnapshot().trouble).toBeNull();
    expect(connection().track).toBe(host.microphone.tracks[1]);
    expect(host.microphone.tracks[0]?.readyState).toBe('ended');
  });

  it('is another one when a headset went away, and says so', async () => {
    const { phone, host, connect, connection } = setUpPhone();
    await connect();
    host.microphone.unplug();
    await settle();
    expect(connection().track).toBe(host.microphone.tracks[1]);
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'live', trouble: { code: 'devices_changed' } });
    await phone.resume();
    expect(phone.getSnapshot().trouble).toBeNull();
  });

  it('is chosen again in a tap when a headset came', async () => {
    const { phone, host, connect, wait } = setUpPhone();
    await connect();
    host.microphone.changeDevices();
    expect(phone.getSnapshot().trouble).toBeNull();
    await wait(3_000);
    host.microphone.changeDevices();
    expect(phone.getSnapshot().trouble?.code).toBe('devices_changed');
    await phone.resume();
    expect(host.microphone.asked).toHaveLength(2);
    await phone.resume();
    expect(host.microphone.asked).toHaveLength(2);
  });
});

describe('the sound of a phone', () => {
  it('[S-0.28] is blocked before a tap, and interrupted by a call', async () => {
    const { phone, audio, connect } = setUpPhone();
    await connect();
    audio().changeState('blocked');
    expect(phone.getSnapshot().trouble).toMatchObject({ code: 'audio_blocked', resumable: true });
    await phone.resume();
    expect(phone.getSnapshot().trouble).toBeNull();
    audio().changeState('interrupted');
    expect(phone.getSnapshot().trouble?.code).toBe('audio_interrupted');
    audio().changeState('running');
    expect(phone.getSnapshot().trouble).toBeNull();
  });

  it('[S-0.22] is muted and turned down here, and the desktop is told and may do it as well', async () => {
    const { phone, audio, desktop, connect } = setUpPhone();
    phone.setVolume(0.5);
    await connect();
    expect(audio().volume).toBe(0.5);
    phone.setSpeakerMuted(true);
    await settle();
    expect(audio().muted).toBe(true);
    expect(desktop.last('volume')).toEqual({ type: 'volume', muted: true, volume: 0.5 });
    desktop.say({ type: 'volume', muted: false, volume: 0.25 });
    await settle();
    expect(audio()).toMatchObject({ muted: false, volume: 0.25 });
    expect(phone.getSnapshot().speaker).toEqual({ muted: false, volume: 0.25 });
    expect(() => phone.setVolume(2)).toThrow(RangeError);
  });
});

describe('the browser of a phone', () => {
  it('that cannot play sound does not join, and says so in words', async () => {
    class OldHost extends FakePhoneHost {
      override readonly openAudio = () => {
        throw new ReferenceError('AudioContext is not defined');
      };
    }
    const host = new OldHost();
    const phone = new PhoneMicrophone({}, host);
    await expect(phone.join({ token: 'secret' })).rejects.toMatchObject({ code: 'webrtc_unsupported' });
    expect(phone.getSnapshot()).toMatchObject({
      state: 'failed',
      error: { code: 'webrtc_unsupported' },
      ...UNSUPPORTED,
    });
    expect([host.paired, host.leftovers()]).toEqual([[], []]);
  });

  it('that has no WebRTC says so in words as soon as the desktop offers', async () => {
    const network = new FakePhoneNetwork();
    const { open } = network;
    Object.assign(network, {
      open: (offers: boolean, options: PhoneConnectionOptions) => {
        if (!offers) throw new VoiceBridgeError('webrtc_unsupported', 'This browser has no WebRTC');
        return open(offers, options);
      },
    });
    const { phone, desktop } = setUpPhone({}, { network });
    desktop.arrive();
    await phone.join({ token: 'secret' });
    await settle();
    expect(phone.getSnapshot()).toMatchObject({ state: 'connecting', ...UNSUPPORTED });
  });
});

describe('muting a phone', () => {
  it('[S-0.22] is effective at once, and told to the desktop', async () => {
    const { phone, host, desktop, connect } = setUpPhone();
    await connect();
    phone.setMuted(true);
    expect(host.microphone.tracks[0]?.enabled).toBe(false);
    expect(phone.getSnapshot().microphone).toBe('muted');
    await settle();
    expect(desktop.last('mute')).toEqual({ type: 'mute', muted: true });
  });

  it('is overcome while the button is held, and not by a page that is hidden', async () => {
    const { phone, host, connect } = setUpPhone();
    phone.setMuted(true);
    await connect();
    const track = host.microphone.tracks[0];
    expect(track?.enabled).toBe(false);
    phone.hold();
    expect(track?.enabled).toBe(true);
    phone.release();
    expect(track?.enabled).toBe(false);
    phone.hold();
    host.page.show(false);
    expect(track?.enabled).toBe(false);
    expect(phone.getSnapshot()).toMatchObject({ holding: false, muted: true });
  });

  it('is done by the desktop as well: neither undoes what the other one did, and the page says who it was', async () => {
    const { phone, host, desktop, connect } = setUpPhone();
    await connect();
    const track = host.microphone.tracks[0];
    const say = async (muted: boolean) => {
      desktop.say({ type: 'mute', muted });
      await settle();
    };
    await say(true);
    expect(track?.enabled).toBe(false);
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'muted', muted: false, mutedBy: 'desktop' });
    phone.setMuted(true);
    phone.setMuted(false);
    phone.hold();
    expect(track?.enabled).toBe(false);
    phone.release();
    phone.setMuted(true);
    expect(phone.getSnapshot().mutedBy).toBe('desktop');
    await say(false);
    expect(track?.enabled).toBe(false);
    expect(phone.getSnapshot()).toMatchObject({ microphone: 'muted', muted: true, mutedBy: 'phone' });
    phone.setMuted(false);
    expect([track?.enabled, phone.getSnapshot().mutedBy]).toEqual([true, null]);
    expect(desktop.last('mute')).toEqual({ type: 'mute', muted: true });
    await settle();
    expect(desktop.last('mute')).toEqual({ type: 'mute', muted: false });
  });
});

describe('the page of a phone', () => {
  it('keeps the screen on while it is seen, and says when it cannot', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    expect(host.page.screenIsKept).toBe(true);
    host.page.show(false);
    expect(phone.getSnapshot().trouble?.code).toBe('page_hidden');
    host.page.screenRefusal = new Error('The battery is low');
    host.page.show(true);
    await settle();
    expect(phone.getSnapshot().trouble).toMatchObject({ code: 'screen_may_lock', resumable: false });
    host.page.screenRefusal = null;
    host.page.show(false);
    expect(phone.getSnapshot().trouble?.code).toBe('page_hidden');
    host.page.show(true);
    await settle();
    expect([host.page.screenIsKept, phone.getSnapshot().trouble]).toEqual([true, null]);
    host.page.loseScreen();
    expect(phone.getSnapshot().trouble?.code).toBe('screen_may_lock');
  });

  it('says that the system stopped it, until the desktop is heard again', async () => {
    const { phone, host, desktop, connect } = setUpPhone();
    await connect();
    host.page.thaw();
    expect(phone.getSnapshot().trouble).toMatchObject({ code: 'page_frozen', resumable: true });
    desktop.say({ type: 'pong', id: 1 });
    await settle();
    expect(phone.getSnapshot().trouble).toBeNull();
  });

  it('says that there is no network', async () => {
    const { phone, host, connect } = setUpPhone();
    await connect();
    host.page.changeNetwork(false);
    expect(phone.getSnapshot().trouble).toMatchObject({ code: 'offline', resumable: false });
    host.page.changeNetwork(true);
    expect(phone.getSnapshot().trouble).toBeNull();
  });

  it('measures quality at most every 2 s and levels twice a second, and nothing at all while muted and hidden', async () => {
    const { phone, host, desktop, audio, connect, wait } = setUpPhone();
    await connect();
    audio().levels = { input: 0.3, output: 0.2 };
    for (let tenths = 0; tenths < 40; tenths++) {
      audio().levels.input += 0.01;
      await wait(100);
    }
    expect(desktop.heard.filter(({ type }) => type === 'levels').length).toBeLessThanOrEqual(9);
    expect(phone.level()).toBeGreaterThan(0);
    phone.setMuted(true);
    await settle();
    expect([phone.level(), audio().metering]).toEqual([0, false]);
    expect(desktop.last('levels')).toEqual({ type: 'levels', microphone: 0, speaker: 0 });
    host.page.show(false);
    expect(host.clock.pending).toBeLessThanOrEqual(1);
    const before = desktop.heard.length;
    await wait(60_000);
    expect(desktop.heard).toHaveLength(before);
  });

  it('measures nothing and tells no levels while it is hidden and heard, and goes on when it is seen', async () => {
    const { phone, host, desktop, audio, connect, wait } = setUpPhone();
    await connect();
    audio().levels = { input: 0.3, output: 0.2 };
    await wait(500);
    const levels = () => desktop.heard.filter(({ type }) => type === 'levels');
    expect(levels()).toHaveLength(1);
    host.page.show(false);
    await settle();
    expect([phone.getSnapshot().microphone, phone.level(), audio().metering]).toEqual(['live', 0, false]);
    expect(levels().slice(1)).toEqual([{ type: 'levels', microphone: 0, speaker: 0 }]);
    expect(host.clock.pending).toBeLessThanOrEqual(1);
    const before = desktop.heard.length;
    await wait(60_000);
    expect(desktop.heard).toHaveLength(before);
    host.page.show(true);
    expect(audio().metering).toBe(true);
  });
});
