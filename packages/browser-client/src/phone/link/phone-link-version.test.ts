import { PHONE_CHANNEL_VERSION } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

it.each([
  { type: 'hello', protocol_version: PHONE_CHANNEL_VERSION + 1 },
  { type: 'bye', reason: 'protocol_mismatch' },
] as const)(
  'a phone is told and left, and called no more until it comes again, when either page is newer: %o',
  async (message) => {
    const { open, phone, view, host, warnings, pass, mixer } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await only.say(message);
    expect([view().state, warnings]).toEqual(['away', ['protocol_mismatch']]);
    expect(only.told.at(-1)).toEqual({ type: 'bye', reason: 'protocol_mismatch' });
    expect(host.network.ends(true).map(({ closed }) => closed)).toEqual([true]);
    expect(mixer().phones.get('mobile')).toBeNull();
    await pass(600_000);
    expect(only.offered).toHaveLength(1);
    await only.go();
    await only.come();
    await only.say({ type: 'hello', protocol_version: PHONE_CHANNEL_VERSION, name: 'Pixel' });
    expect(view()).toMatchObject({ state: 'connected', name: 'Pixel' });
  },
);
