import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { settle } from '../testing/client-fixture.ts';
import { FakePhoneNetwork } from '../testing/fake-phone-connection.ts';
import { FakeSignaling } from '../testing/fake-signaling.ts';
import { setUpPhone } from '../testing/phone-fixture.ts';
import { setUpLink } from '../testing/phone-link-fixture.ts';
import { LAST_WORDS_MS } from './link/held-turns.ts';

/** A desktop and its phone, both real, connected over one fake network. */
async function setUpBoth() {
  const world = { clock: new ManualClock(), signaling: new FakeSignaling(), network: new FakePhoneNetwork() };
  const desktop = await setUpLink({}, world);
  const { phone, host } = setUpPhone({}, world);
  await desktop.open();
  await phone.join({ token: 'secret' });
  await settle();
  const shown = () => ({ desktop: desktop.view().mutedBy, phone: phone.getSnapshot().mutedBy });
  const microphone = () => host.microphone.tracks[0]?.enabled;
  return { desktop, phone, host, shown, microphone };
}

describe('a desktop and its phone', () => {
  it('[S-0.46] agree on who muted the microphone, and neither undoes what the other one did', async () => {
    const { desktop, phone, shown, microphone } = await setUpBoth();
    expect(desktop.view().state).toBe('connected');
    expect(shown()).toEqual({ desktop: null, phone: null });
    desktop.link.setMuted('mobile', true);
    await settle();
    phone.setMuted(true);
    phone.setMuted(false);
    await settle();
    expect(shown()).toEqual({ desktop: 'desktop', phone: 'desktop' });
    expect(microphone()).toBe(false);
    phone.setMuted(true);
    desktop.link.setMuted('mobile', false);
    await settle();
    expect(shown()).toEqual({ desktop: 'phone', phone: 'phone' });
    phone.setMuted(false);
    await settle();
    expect(shown()).toEqual({ desktop: null, phone: null });
    expect(microphone()).toBe(true);
  });

  it('take a turn where the bridge detects none', async () => {
    const { desktop, phone, microphone } = await setUpBoth();
    desktop.bridge.join({ push_to_talk: true });
    await settle();
    expect([phone.getSnapshot().pushToTalk, microphone()]).toEqual(['ready', false]);
    desktop.bridge.heard.length = 0;
    phone.hold();
    await settle();
    expect([desktop.view().muted, microphone()]).toEqual([false, true]);
    phone.release();
    await settle();
    await desktop.pass(LAST_WORDS_MS);
    expect(desktop.bridge.heard.map(({ type }) => type)).toEqual(['interrupt', 'clear', 'commit']);
  });

  it('take no honest haste for a flood: a slider that is dragged, a model that writes fast', async () => {
    const { desktop, phone } = await setUpBoth();
    const entry = { id: 'a', role: 'assistant', text: '', state: 'partial' } as const;
    desktop.bridge.say({ type: 'transcript', after: null, entry });
    for (let tenths = 0; tenths < 60; tenths++) {
      for (let step = 0; step < 12; step++) phone.setVolume(((tenths * 12 + step) % 100) / 100);
      for (let word = 0; word < 30; word++) {
        desktop.bridge.say({ type: 'transcript_delta', id: 'a', delta: 'word ' });
      }
      await desktop.pass(100);
    }
    expect([desktop.view().state, phone.getSnapshot().state]).toEqual(['connected', 'connected']);
    expect(desktop.view().speaker?.volume).toBe(phone.getSnapshot().speaker.volume);
    expect(desktop.warnings).toEqual([]);
  });
});
