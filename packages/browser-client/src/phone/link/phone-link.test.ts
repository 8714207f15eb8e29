import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';
import { PhoneLink } from './phone-link.ts';

describe('PhoneLink and its phones', () => {
  it('[S-0.15] [S-0.26] offers, whoever comes first', async () => {
    const { open, phone, view, mixer } = await setUpLink();
    const early = phone('mobile');
    await early.come();
    await open();
    await settle();
    const late = phone('mobile-3');
    await late.come();
    for (const each of [early, late]) expect(each.offered).toHaveLength(1);
    expect(view('mobile')).toMatchObject({ state: 'connected', path: 'direct', muted: false, gain: 1 });
    expect(view('mobile-3').state).toBe('connected');
    expect([...mixer().phones.values()]).not.toContain(null);
  });

  it('[S-0.47] a phone that reloads is connected anew, and nobody else notices', async () => {
    const { open, phone, view, pass, host } = await setUpLink();
    await open();
    const first = phone();
    await first.come();
    first.alive = false;
    await first.go();
    const second = phone();
    await second.come();
    await pass(1_000);
    expect(view().state).toBe('connected');
    expect(second.offered).toHaveLength(1);
    expect(second.offered[0]).not.toBe(first.offered[0]);
    expect(host.network.ends(true).map(({ closed }) => closed)).toEqual([true, false]);
  });

  it('a phone whose signaling alone went and came stays connected', async () => {
    const { open, phone, view, pass, host } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await only.go();
    await only.come();
    await pass(3_000);
    expect(only.offered).toHaveLength(1);
    expect(view().state).toBe('connected');
    expect(host.network.ends(true)).toHaveLength(1);
  });

  it('a desktop whose signaling went and came keeps its phones', async () => {
    const { open, link, phone, view, pass, host, warnings } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    expect(link.getSnapshot().state).toBe('connecting');
    expect(view().state).toBe('connected');
    await pass(1_500);
    expect(link.getSnapshot().state).toBe('open');
    expect(only.offered).toHaveLength(1);
    expect(warnings).toEqual(['connection_lost']);
  });

  it('a phone that went while the desktop was not there is away', async () => {
    const { open, phone, view, pass, host } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    only.alive = false;
    await only.go();
    await pass(2_000);
    expect(view().state).toBe('away');
  });

  it('a phone that was killed is away, and is not heard', async () => {
    const { open, phone, view, pass, mixer } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    only.alive = false;
    await only.go();
    await pass(1_000);
    expect(view()).toMatchObject({ state: 'away', path: null, roundTripMs: null });
    expect(mixer().phones.get('mobile')).toBeNull();
  });

  it('a path that breaks is renewed on the same connection', async () => {
    const { open, phone, view, host, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    only.answers = false;
    host.network.ends(true)[0]?.changeState('disconnected');
    await settle();
    expect(view().state).toBe('reconnecting');
    expect(only.offered).toEqual([only.offered[0], only.offered[0]]);
    only.alive = false;
    only.answers = true;
    await pass(6_000);
    expect(only.offered[2]).not.toBe(only.offered[0]);
    expect(view().state).toBe('connected');
  });

  it('a phone that says nothing any more is looked for, though its connection seems to stand', async () => {
    const { open, phone, view, pass } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    only.alive = false;
    only.answers = false;
    await pass(6_500);
    expect(view().state).toBe('reconnecting');
    expect(only.offered).toHaveLength(2);
  });

  it('candidates go both ways, those of an older connection nowhere', async () => {
    const { open, phone, host } = await setUpLink();
    await open();
    const only = phone('mobile-2');
    await only.come();
    const desktop = host.network.ends(true)[0];
    const candidate = { candidate: 'candidate:1', sdpMid: '0' };
    desktop?.find(candidate);
    expect(host.signaling.said.at(-1)).toBe(
      `desktop ${JSON.stringify({ type: 'candidate', candidate, connection_id: only.offered[0], to: 'mobile-2' })}`,
    );
    host.signaling.tell('desktop', { type: 'candidate', candidate, connection_id: only.offered[0], from: 'mobile-2' });
    host.signaling.tell('desktop', { type: 'candidate', candidate: null, connection_id: 'old', from: 'mobile-2' });
    host.signaling.tell('desktop', { type: 'candidate', candidate: null });
    expect(desktop?.candidates).toEqual([candidate]);
  });

  it('an answer that nobody asked for changes nothing', async () => {
    const { open, phone, host, view, warnings } = await setUpLink();
    await open();
    await phone().come();
    host.signaling.tell('desktop', { type: 'answer', sdp: 'nonsense' });
    await settle();
    expect(view().state).toBe('connected');
    expect(warnings).toEqual([]);
  });

  it('[S-0.29] a phone that no path leads to is tried again and again', async () => {
    const { open, phone, view, pass, host } = await setUpLink();
    host.network.passes = false;
    await open();
    const only = phone();
    await only.come();
    expect(view().state).toBe('connecting');
    await pass(25_000);
    expect(only.offered.length).toBeGreaterThan(1);
    host.network.passes = true;
    await pass(15_000);
    expect(view().state).toBe('connected');
  });

  it('[S-0.49] takes eight phones at once', async () => {
    const { open, phone, link } = await setUpLink();
    await open();
    const ids = ['mobile', 'mobile-2', 'mobile-3', 'mobile-4', 'mobile-5', 'mobile-6', 'mobile-7', 'mobile-8'] as const;
    for (const each of ids) await phone(each).come();
    expect(link.getSnapshot().phones.map(({ peerId, state }) => `${peerId} ${state}`)).toEqual(
      ids.map((each) => `${each} connected`),
    );
  });

  it('shows a phone that takes part at the bridge, and mutes it there', async () => {
    const { open, phone, view, host, bridge, link } = await setUpLink();
    host.network.passes = false;
    await open();
    await phone().come();
    const common = { role: 'speaker', transport: 'webrtc', gain: 1 } as const;
    bridge.say({
      type: 'participants',
      participants: [
        { ...common, participant_id: 'par_1', name: null, muted: false },
        { ...common, participant_id: 'par_2', name: null, muted: false },
        { ...common, participant_id: 'par_3', name: 'mobile', muted: false },
      ],
    });
    expect(view()).toMatchObject({ state: 'connected', path: 'bridge', muted: false });
    link.setMuted('mobile', true);
    expect(bridge.heard.at(-1)).toEqual({ type: 'set_participant', participant_id: 'par_3', muted: true });
  });
});

describe('PhoneLink from open to close', () => {
  it('leaves nothing behind, and gives the microphone back', async () => {
    const { open, phone, link, host, bridge, mixer } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    expect(bridge.tracks.at(-1)?.label).toBe('mix');
    await link.close();
    await settle();
    expect(bridge.tracks.at(-1)?.label).toBe('microphone-1');
    expect(only.told.at(-1)).toEqual({ type: 'bye', reason: 'closed' });
    expect(link.getSnapshot()).toMatchObject({ state: 'closed', phones: [], error: null });
    expect(mixer().closed).toBe(true);
    await only.go();
    for (const connection of only.connections) connection.close();
    expect(host.leftovers()).toEqual([]);
  });

  it('[S-0.47] opened again, its phones come back', async () => {
    const { open, phone, link, view } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await link.close();
    await open();
    await settle();
    expect(view().state).toBe('connected');
  });

  it('[S-0.47] shows the phones of before a reload, which may come back', async () => {
    const { open, phone, host, link } = await setUpLink();
    host.paired.set('mobile', 'accepted').set('mobile-2', 'invited').set('mobile-3', 'waiting');
    await open();
    await settle();
    expect(link.getSnapshot().phones).toMatchObject([
      { peerId: 'mobile', state: 'away', name: 'The mobile' },
      { peerId: 'mobile-2', state: 'invited' },
    ]);
    await phone('mobile').come();
    expect(link.getSnapshot().phones[0]?.state).toBe('connected');
  });

  it('warns when the browser does not let it mix yet', async () => {
    const { link, phone, warnings } = await setUpLink();
    await link.open();
    await phone().come();
    expect(warnings).toEqual(['audio_blocked']);
  });

  it('does not touch what is sent before the mix runs', async () => {
    const { link, bridge, mixer } = await setUpLink();
    await link.open();
    expect(bridge.tracks.at(-1)?.label).toBe('microphone-1');
    mixer().run();
    expect(bridge.tracks.at(-1)?.label).toBe('mix');
  });

  it('rejects and has failed when the bridge cannot be reached', async () => {
    const { link, host, mixer } = await setUpLink();
    host.signaling.reachable = false;
    host.refusal = { status: 503, code: 'shutting_down' };
    await expect(link.open()).rejects.toMatchObject({ code: 'shutting_down' });
    expect(link.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'shutting_down' } });
    expect(mixer().closed).toBe(true);
    expect(host.leftovers()).toEqual([]);
  });

  it('closed while it opens, it rejects and is closed', async () => {
    const { link } = await setUpLink();
    const opening = link.open();
    await link.close();
    await expect(opening).rejects.toMatchObject({ code: 'aborted' });
    expect(link.getSnapshot().state).toBe('closed');
  });

  it('closed while it invites, it rejects and leaves nothing behind', async () => {
    const { open, link, host } = await setUpLink();
    await open();
    const inviting = link.invite();
    while (!host.requests.some((each) => each.startsWith('POST '))) await Promise.resolve();
    await link.close();
    await expect(inviting).rejects.toMatchObject({ code: 'aborted' });
    expect(host.leftovers()).toEqual([]);
  });

  it('fails when another page becomes the desktop', async () => {
    const { open, link, client, host } = await setUpLink();
    await open();
    const other = new PhoneLink({ client }, host);
    await other.open();
    expect(link.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'session_replaced' } });
    expect(other.getSnapshot().state).toBe('open');
  });

  it('ends when the page is left', async () => {
    const { open, link, host } = await setUpLink();
    await open();
    host.leavePage();
    expect(link.getSnapshot()).toMatchObject({ state: 'closed', error: null });
    expect(host.leftovers()).toEqual([]);
  });

  it('touches nothing of the page before it is opened', async () => {
    const { link, host } = await setUpLink();
    expect(host.mixers).toEqual([]);
    expect(host.requests).toEqual([]);
    expect(link.level('desktop')).toBe(0);
    link.setMuted('desktop', true);
    expect(link.getSnapshot()).toMatchObject({ state: 'closed', desktop: { muted: true } });
  });
});
