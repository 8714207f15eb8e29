import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

const QUIET = { muted: false, volume: 0.5 };

describe('how loud a phone plays', () => {
  it('is told at once, and to nobody twice who said that it does so', async () => {
    const { open, phone, link, host } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    link.setPhoneSpeaker('mobile', QUIET);
    await settle();
    expect(only.heard('volume')).toEqual([{ type: 'volume', ...QUIET }]);
    await only.say({ type: 'volume', ...QUIET });
    await only.go();
    host.network.ends(true).at(-1)?.closeChannel();
    await only.come();
    expect(only.offered).toHaveLength(2);
    expect(only.heard('volume')).toHaveLength(1);
    expect(() => link.setPhoneSpeaker('mobile', { muted: false, volume: 2 })).toThrow(RangeError);
  });

  it('is told to a phone that takes part at the bridge, or is away, when it is connected straight to here', async () => {
    const { open, phone, link, host, bridge, view } = await setUpLink();
    host.network.passes = false;
    await open();
    const only = phone();
    await only.come();
    const common = { name: 'mobile', role: 'speaker', transport: 'webrtc', gain: 1, muted: false } as const;
    bridge.say({ type: 'participants', participants: [{ participant_id: 'par_2', ...common }] });
    expect(view().path).toBe('bridge');
    link.setPhoneSpeaker('mobile', QUIET);
    await only.go();
    host.network.passes = true;
    await only.come();
    expect(only.heard('volume')).toEqual([{ type: 'volume', ...QUIET }]);
  });

  it('is told again when the connection broke before the phone said that it does so', async () => {
    const { open, phone, link, host } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    host.network.passes = false;
    link.setPhoneSpeaker('mobile', QUIET);
    await only.go();
    host.network.ends(true).at(-1)?.closeChannel();
    host.network.passes = true;
    await only.come();
    expect(only.heard('volume')).toEqual([{ type: 'volume', ...QUIET }]);
  });

  it('is no matter of whoever comes by the next invitation', async () => {
    const { open, phone, link } = await setUpLink();
    await open();
    await link.invite('mobile');
    link.setPhoneSpeaker('mobile', QUIET);
    await link.invite('mobile');
    const only = phone();
    await only.come();
    expect(only.heard('volume')).toEqual([]);
  });
});
