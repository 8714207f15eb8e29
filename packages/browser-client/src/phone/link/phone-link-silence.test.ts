import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

/** A link with one phone, whose desktop's microphone is silent in the mix by what `silence` does. */
async function setUpSilent(silence: (link: Awaited<ReturnType<typeof setUpLink>>['link']) => void) {
  const setup = await setUpLink();
  const { bridge, page, client, open, phone, link } = setup;
  await open();
  await phone().come();
  silence(link);
  /** Whether the desktop's microphone reaches the bridge. */
  const isLive = () => {
    const track = page.microphone.tracks.at(-1);
    return bridge.tracks.at(-1) === track && track?.enabled === true && !client.getSnapshot().muted;
  };
  return { ...setup, isLive };
}

const SILENCES = [
  ['muted', (link) => link.setMuted('desktop', true)],
  ['not selected', (link) => link.select('mobile')],
  ['turned down to nothing', (link) => link.setGain('desktop', 0)],
] as const satisfies readonly (readonly [string, Parameters<typeof setUpSilent>[0]])[];

describe.each(SILENCES)('a desktop microphone that is %s in the link', (_, silence) => {
  it('stays silent when the browser stops the mix', async () => {
    const { link, mixer, bridge, client, isLive, warnings } = await setUpSilent(silence);
    mixer().run(false);
    expect(isLive()).toBe(false);
    expect(bridge.tracks.at(-1)?.label).toBe('mix');
    expect(client.getSnapshot().muted).toBe(false);
    expect(warnings).toEqual(['audio_blocked']);
    link.setMuted('desktop', false);
    link.setGain('desktop', 1);
    link.select('all');
    expect(isLive()).toBe(true);
    silence(link);
    expect(isLive()).toBe(false);
  });

  it('is muted when the link is closed, so that its user sees it and may end that', async () => {
    const { link, client, bridge, isLive } = await setUpSilent(silence);
    await link.close();
    expect(isLive()).toBe(false);
    expect(client.getSnapshot()).toMatchObject({ muted: true, microphone: 'muted' });
    expect(bridge.heard.at(-1)).toEqual({ type: 'mute', muted: true });
    client.setMuted(false);
    expect(isLive()).toBe(true);
    expect(bridge.heard.at(-1)).toEqual({ type: 'mute', muted: false });
  });

  it('is muted when another page becomes the desktop', async () => {
    const { link, client, host, isLive } = await setUpSilent(silence);
    host.signaling.tell('desktop', { type: 'peer', peer_id: 'desktop', state: 'replaced' });
    await settle();
    expect(link.getSnapshot().state).toBe('failed');
    expect(isLive()).toBe(false);
    expect(client.getSnapshot().muted).toBe(true);
  });

  it('is muted when the link ends while the mix stands still', async () => {
    const { link, mixer, client, isLive } = await setUpSilent(silence);
    mixer().run(false);
    await link.close();
    expect(isLive()).toBe(false);
    expect(client.getSnapshot().muted).toBe(true);
  });

  it('is silent as well from the moment the link is opened again, before the browser lets it mix', async () => {
    const { link, client, isLive } = await setUpSilent(silence);
    await link.close();
    client.setMuted(false);
    expect(isLive()).toBe(true);
    await link.open();
    expect(isLive()).toBe(false);
    await link.close();
    expect(client.getSnapshot().muted).toBe(true);
  });
});

describe('a desktop microphone that is heard in the link', () => {
  it('is heard on, unmuted, when the link ends', async () => {
    const { link, client, isLive } = await setUpSilent(() => {});
    await link.close();
    expect(isLive()).toBe(true);
    expect(client.getSnapshot().muted).toBe(false);
  });
});
