import { describe, expect, it } from 'vitest';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

type Setup = Awaited<ReturnType<typeof setUpLink>>;

/** The same tab after its page was loaded again. */
async function reload({ link, host }: Setup): Promise<Setup> {
  await link.close();
  const next = await setUpLink();
  for (const [key, value] of host.stored) next.host.stored.set(key, value);
  return next;
}

describe('a phone that the desktop muted before its page was loaded again', () => {
  it('is muted by the desktop still where it takes part at the bridge, as the phone says, and is unmuted by the desktop', async () => {
    const before = await setUpLink();
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    const { link, host, open, phone, bridge, view } = await reload(before);
    host.network.passes = false;
    await open();
    await phone().come();
    const mobile = { participant_id: 'par_2', name: 'mobile', role: 'speaker', transport: 'webrtc', gain: 1 } as const;
    const say = (muted: boolean) => bridge.say({ type: 'participants', participants: [{ ...mobile, muted }] });
    const asked = () => bridge.heard.filter(({ type }) => type === 'set_participant');
    say(true);
    expect(view()).toMatchObject({ path: 'bridge', muted: true, mutedBy: 'desktop' });
    expect(asked()).not.toContainEqual(expect.objectContaining({ muted: false }));
    link.setMuted('mobile', false);
    expect(asked().at(-1)).toEqual({ type: 'set_participant', participant_id: 'par_2', muted: false });
    say(false);
    expect(view()).toMatchObject({ muted: false, mutedBy: null });
  });

  it('is muted as well when it is connected straight to the desktop, and is told', async () => {
    const before = await setUpLink();
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    const { open, phone, view, mixer } = await reload(before);
    await open();
    const only = phone();
    await only.come();
    expect(view()).toMatchObject({ path: 'direct', muted: true, mutedBy: 'desktop' });
    expect(mixer().gains.get('mobile')).toBe(0);
    expect(only.heard('mute')).toEqual([{ type: 'mute', muted: true }]);
  });

  it('and unmuted while it was connected straight to it, is unmuted at the bridge as well, where it was muted before', async () => {
    const before = await setUpLink();
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    const { link, host, open, phone, bridge, pass } = await reload(before);
    await open();
    const only = phone();
    await only.come();
    link.setMuted('mobile', false);
    host.network.passes = false;
    only.connections.at(-1)?.close();
    await pass(1_000);
    const mobile = { participant_id: 'par_2', name: 'mobile', role: 'speaker', transport: 'webrtc', gain: 1 } as const;
    bridge.say({ type: 'participants', participants: [{ ...mobile, muted: true }] });
    expect(bridge.heard.at(-1)).toEqual({ type: 'set_participant', participant_id: 'par_2', muted: false });
  });

  it('and unmuted again, or took out, is not', async () => {
    const before = await setUpLink();
    await before.open();
    await before.phone('mobile').come();
    await before.phone('mobile-2').come();
    for (const peerId of ['mobile', 'mobile-2'] as const) before.link.setMuted(peerId, true);
    before.link.setMuted('mobile', false);
    await before.link.remove('mobile-2');
    expect(before.host.stored.size).toBe(0);
    const { open, phone, view } = await reload(before);
    await open();
    await phone('mobile').come();
    expect(view('mobile').mutedBy).toBeNull();
  });

  it.each(['nonsense', '["desktop"]', '{}'])('is not made up of %s that the tab keeps', async (text) => {
    const before = await setUpLink();
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    for (const key of before.host.stored.keys()) before.host.stored.set(key, text);
    const { open, phone, view, link } = await reload(before);
    await open();
    await phone().come();
    expect(view().mutedBy).toBeNull();
    expect(link.getSnapshot().desktop.muted).toBe(false);
  });

  it('is gone, and another phone is invited as it: that one is heard', async () => {
    const before = await setUpLink();
    before.host.paired.set('mobile', 'accepted');
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    const { link, host, open, phone, pass, view, mixer } = await reload(before);
    await open();
    await pass(1_000);
    await link.invite('mobile');
    expect(view()).toMatchObject({ state: 'invited', mutedBy: null });
    expect(host.stored.size).toBe(0);
    host.paired.set('mobile', 'accepted');
    const other = phone();
    await other.come();
    expect(view()).toMatchObject({ state: 'connected', mutedBy: null });
    expect(mixer().gains.get('mobile')).toBe(1);
    expect(other.heard('mute')).toEqual([{ type: 'mute', muted: false }]);
  });

  it('is gone, and another one was invited as it before the page was loaded again: the next one invited is heard', async () => {
    const before = await setUpLink();
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    const { link, host, open, pass, view, mixer } = await reload(before);
    host.paired.set('mobile', 'invited');
    await open();
    await pass(1_000);
    expect(mixer().gains.get('mobile')).toBe(0);
    await link.invite('mobile');
    expect(view()).toMatchObject({ state: 'invited', mutedBy: null });
    expect(mixer().gains.get('mobile')).toBe(1);
  });

  it('is away, and stays muted where a new code is made for it', async () => {
    const before = await setUpLink();
    before.host.paired.set('mobile', 'accepted');
    await before.open();
    await before.phone().come();
    before.link.setMuted('mobile', true);
    const { link, host, open, pass, view } = await reload(before);
    host.paired.set('mobile', 'accepted');
    await open();
    await pass(1_000);
    await link.invite('mobile');
    expect(view()).toMatchObject({ state: 'away', mutedBy: 'desktop' });
  });

  it("does not make the desktop's own microphone muted in the next page: the client begins anew, too", async () => {
    const before = await setUpLink();
    await before.open();
    before.link.setMuted('desktop', true);
    expect(before.host.stored.size).toBe(0);
  });
});
