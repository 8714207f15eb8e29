import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

describe('inviting a phone', () => {
  it('opens the link and gives address, code and picture', async () => {
    const { link, host, view } = await setUpLink();
    const invite = await link.invite();
    expect(invite).toEqual({
      url: 'https://voice.example/mobile-voice#token-of-mobile',
      code: 'ABCD-2345',
      peerId: 'mobile',
      expiresAt: 1_120_000,
      qr: [[true]],
    });
    expect(view().state).toBe('invited');
    expect(host.requests).toContain('POST /api/realtime/pairing {"conversation_id":"kitchen","confirm":false}');
  });

  it('for a certain phone, at a certain page', async () => {
    const { link, view } = await setUpLink({ pageUrl: 'https://phones.example/talk' });
    const { url } = await link.invite('mobile-4');
    expect(url).toBe('https://phones.example/talk#token-of-mobile-4');
    expect(view('mobile-4').state).toBe('invited');
  });

  it('an invitation that nobody takes goes by itself', async () => {
    const { link, pass, view } = await setUpLink();
    await link.invite();
    await pass(119_000);
    expect(view().state).toBe('invited');
    await pass(1_500);
    expect(link.getSnapshot().phones).toEqual([]);
  });

  it('whoever takes it is connected, and stays when its time is over', async () => {
    const { link, phone, pass, view } = await setUpLink();
    await link.invite();
    await phone().come();
    expect(view().state).toBe('connected');
    await pass(125_000);
    expect(view().state).toBe('connected');
  });

  it("rejects with the bridge's reason", async () => {
    const { open, link, host } = await setUpLink();
    await open();
    host.refusal = { status: 403, code: 'forbidden' };
    await expect(link.invite()).rejects.toMatchObject({ code: 'forbidden' });
    expect(link.getSnapshot()).toMatchObject({ state: 'open', phones: [] });
  });
});

describe('a phone that must be accepted', () => {
  it('waits, and is offered a connection when it is', async () => {
    const { link, phone, host, view } = await setUpLink({ confirm: true });
    await link.invite();
    expect(host.requests.at(-1)).toContain('"confirm":true');
    host.paired.set('mobile', 'waiting');
    const only = phone();
    await only.come();
    expect(view()).toMatchObject({ state: 'waiting', name: 'The mobile', path: null });
    expect(only.offered).toEqual([]);
    await link.accept('mobile');
    await settle();
    expect(host.requests).toContain('POST /api/realtime/pairing/kitchen/mobile');
    expect(view().state).toBe('connected');
  });

  it('refused, it is gone and its credential dead', async () => {
    const { link, phone, host } = await setUpLink({ confirm: true });
    await link.invite();
    host.paired.set('mobile', 'waiting');
    const only = phone();
    await only.come();
    await link.refuse('mobile');
    expect(host.requests.at(-1)).toBe('DELETE /api/realtime/pairing/kitchen/mobile');
    expect(only.offered).toEqual([]);
    expect(link.getSnapshot().phones).toEqual([]);
  });

  it('[S-0.47] accepted once, it need not wait again, also after the desktop was reloaded', async () => {
    const { link, open, phone, host, view } = await setUpLink({ confirm: true });
    host.paired.set('mobile', 'accepted');
    await open();
    const only = phone();
    await only.come();
    expect(view().state).toBe('connected');
    only.connections.at(-1)?.close();
    await only.go();
    await only.come();
    host.clock.advance(1_000);
    await settle();
    expect(only.offered).toHaveLength(2);
    await link.close();
  });

  it('another one than was accepted, by a new invitation of its peer id, waits', async () => {
    const { link, phone, host, view } = await setUpLink({ confirm: true });
    await link.invite('mobile');
    host.paired.set('mobile', 'accepted');
    const only = phone();
    await only.come();
    expect(view().state).toBe('connected');
    only.connections.at(-1)?.close();
    await only.go();
    await link.invite('mobile');
    host.paired.set('mobile', 'waiting');
    await only.come();
    expect(view()).toMatchObject({ state: 'waiting' });
    expect(only.offered).toHaveLength(1);
  });

  it('one that nobody paired waits as well, each time it comes: it may be somebody else', async () => {
    const { link, open, phone, host, view } = await setUpLink({ confirm: true });
    await open();
    const only = phone();
    await only.come();
    expect(view()).toMatchObject({ state: 'waiting', name: null });
    expect(only.offered).toEqual([]);
    await link.accept('mobile');
    await settle();
    expect(view().state).toBe('connected');
    only.connections.at(-1)?.close();
    await only.go();
    await only.come();
    expect(view().state).toBe('waiting');
    expect(only.offered).toHaveLength(1);
    await only.go();
    host.paired.set('mobile', 'accepted');
    await only.come();
    expect(view().state).toBe('connected');
  });

  it('one that comes under a peer id that another one was invited as waits as well', async () => {
    const { link, phone, host, view } = await setUpLink({ confirm: true });
    await link.invite('mobile');
    host.paired.set('mobile', 'invited');
    const only = phone();
    await only.come();
    expect(view().state).toBe('waiting');
    expect(only.offered).toEqual([]);
  });

  it('is asked about again when the bridge did not answer', async () => {
    const { open, phone, host, pass, warnings, view } = await setUpLink({ confirm: true });
    await open();
    await settle();
    host.refusal = { status: 503, code: 'shutting_down' };
    await phone().come();
    expect(warnings).toEqual(['shutting_down']);
    host.refusal = null;
    host.paired.set('mobile', 'waiting');
    await pass(2_000);
    expect(view().state).toBe('waiting');
  });

  it('is not asked about again once the link is closed', async () => {
    const { open, phone, host, link } = await setUpLink({ confirm: true });
    await open();
    await settle();
    host.refusal = { status: 503, code: 'shutting_down' };
    const only = phone();
    await only.come();
    await link.close();
    await only.go();
    expect(host.leftovers()).toEqual([]);
  });

  it('is offered nothing when it left while it was asked about', async () => {
    const { open, host, link } = await setUpLink({ confirm: true });
    host.paired.set('mobile', 'accepted');
    await open();
    await settle();
    host.signaling.tell('desktop', { type: 'peer', peer_id: 'mobile', state: 'joined' });
    host.signaling.tell('desktop', { type: 'peer', peer_id: 'mobile', state: 'left' });
    await settle();
    expect(host.network.connections).toEqual([]);
    expect(link.getSnapshot().phones).toMatchObject([{ peerId: 'mobile', state: 'away' }]);
  });

  it('one that leaves while it waits is invited still, and says so', async () => {
    const { link, phone, host, view } = await setUpLink({ confirm: true });
    await link.invite();
    host.paired.set('mobile', 'waiting');
    const only = phone();
    await only.come();
    await only.go();
    expect(view().state).toBe('invited');
    await only.come();
    expect(view().state).toBe('waiting');
  });
});

describe('taking a phone out', () => {
  it('tells it, ends its sound, and kills its credential', async () => {
    const { open, link, phone, host, mixer } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    link.setGain('mobile', 2);
    link.select('mobile');
    await link.remove('mobile');
    expect(only.told.at(-1)).toEqual({ type: 'bye', reason: 'removed' });
    expect(mixer().phones.has('mobile')).toBe(false);
    expect(host.requests.at(-1)).toBe('DELETE /api/realtime/pairing/kitchen/mobile');
    expect(link.getSnapshot()).toMatchObject({ phones: [], selected: 'all' });
    expect(host.network.ends(true)[0]?.closed).toBe(true);
  });

  it('does not let it in again while its credential dies', async () => {
    const { open, link, phone, host } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    const removed = link.remove('mobile');
    host.signaling.tell('desktop', { type: 'peer', peer_id: 'mobile', state: 'joined' });
    await removed;
    await settle();
    expect(only.offered).toHaveLength(1);
    expect(link.getSnapshot().phones).toEqual([]);
  });

  it('one that somebody else took out is gone here, too', async () => {
    const { open, link, phone, host } = await setUpLink();
    await open();
    await phone().come();
    host.signaling.tell('desktop', { type: 'peer', peer_id: 'mobile', state: 'removed' });
    expect(link.getSnapshot().phones).toEqual([]);
  });

  it('takes an open link', async () => {
    const { link } = await setUpLink();
    await expect(link.remove('mobile')).rejects.toMatchObject({ code: 'not_connected' });
    await expect(link.accept('mobile')).rejects.toMatchObject({ code: 'not_connected' });
  });
});
