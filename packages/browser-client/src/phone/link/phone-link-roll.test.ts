import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

/** How often the bridge was asked who its phones are. */
const questions = (host: { readonly requests: readonly string[] }) =>
  host.requests.filter((request) => request.endsWith('/phones')).length;

/** A paired phone whose pairing ends as `end` says while the desktop's signaling is down, and another one that comes in its place. */
async function followed(end: (host: Awaited<ReturnType<typeof setUpLink>>['host']) => void) {
  const { open, phone, host, pass, view } = await setUpLink();
  host.paired.set('mobile', 'accepted');
  await open();
  const before = phone();
  await before.come();
  host.signaling.drop('desktop');
  await before.go();
  end(host);
  const other = phone();
  await other.come();
  await pass(5_000);
  return { before, other, pass, view };
}

describe('a phone whose pairing ended while the signaling of the desktop was down', () => {
  it('is out when that is open again, though its connection would go on', async () => {
    const { link, open, phone, host, pass, mixer } = await setUpLink();
    host.paired.set('mobile', 'accepted');
    host.paired.set('mobile-2', 'accepted');
    await open();
    const [gone, kept] = [phone(), phone('mobile-2')];
    await gone.come();
    await kept.come();
    link.setMuted('mobile', true);
    host.signaling.drop('desktop');
    await gone.go();
    host.paired.delete('mobile');
    await pass(5_000);
    expect(link.getSnapshot().phones).toMatchObject([{ peerId: 'mobile-2', state: 'connected' }]);
    expect([...mixer().phones.keys()]).toEqual(['mobile-2']);
    expect(gone.told.at(-1)).toEqual({ type: 'bye', reason: 'removed' });
    expect(mixer().gains.has('mobile')).toBe(false);
  });

  it('is known as paired though it was invited after the link was opened', async () => {
    const { link, phone, host, pass, mixer } = await setUpLink();
    await link.invite('mobile');
    host.paired.set('mobile', 'accepted');
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    await only.go();
    host.paired.set('mobile', 'invited');
    await pass(5_000);
    expect(mixer().phones.get('mobile')).toBeNull();
    expect(link.getSnapshot().phones).toMatchObject([{ peerId: 'mobile', state: 'invited' }]);
  });

  it('is out as soon as the bridge answers, when it did not at first', async () => {
    const { link, open, phone, host, pass, warnings } = await setUpLink();
    host.paired.set('mobile', 'accepted');
    await open();
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    await only.go();
    host.paired.delete('mobile');
    host.refusal = { status: 503, code: 'shutting_down' };
    await pass(10_000);
    expect(link.getSnapshot().phones).toMatchObject([{ state: 'connected' }]);
    expect(warnings).not.toContain('shutting_down');
    host.refusal = null;
    await pass(10_000);
    expect(link.getSnapshot().phones).toEqual([]);
    expect(questions(host)).toBeLessThan(8);
  });

  it('is out although another phone was paired as it since, and that one is let in', async () => {
    const { before, other, pass, view } = await followed(({ pairedAnew }) => pairedAnew.set('mobile', 'second-mobile'));
    expect(before.told.at(-1)).toEqual({ type: 'bye', reason: 'removed' });
    expect(view().state).toBe('connected');
    expect(other.connections.at(-1)?.closed).toBe(false);
    await pass(120_000);
    expect(view().state).toBe('connected');
    expect(other.offered).toHaveLength(1);
  });

  it('makes room for whoever came as it in their own right: that is another connection', async () => {
    const { before, other, view } = await followed(({ paired }) => paired.delete('mobile'));
    expect(before.told.at(-1)).toEqual({ type: 'bye', reason: 'removed' });
    expect(view().state).toBe('connected');
    expect(other.connections.at(-1)?.closed).toBe(false);
  });
});

describe('a phone that nobody paired', () => {
  it('stays when the signaling opens anew and it is there', async () => {
    const { open, phone, host, pass, view } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    await pass(60_000);
    expect(view().state).toBe('connected');
    expect(only.offered).toHaveLength(1);
    expect(only.told).not.toContainEqual(expect.objectContaining({ type: 'bye' }));
  });

  it('that does not come back to it in half a minute has lost its place, and is heard again when it comes', async () => {
    const { open, phone, host, pass, view, mixer } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    await only.go();
    await pass(25_000);
    expect(view().state).toBe('connected');
    await pass(10_000);
    expect(mixer().phones.has('mobile')).toBe(false);
    expect(only.told.at(-1)).toEqual({ type: 'bye', reason: 'closed' });
    await only.come();
    expect(view().state).toBe('connected');
  });
});

describe('a paired phone', () => {
  it('that does not come back to the signaling stays, as the bridge knows it', async () => {
    const { open, phone, host, pass, view } = await setUpLink();
    host.paired.set('mobile', 'accepted');
    await open();
    const only = phone();
    await only.come();
    host.signaling.drop('desktop');
    await only.go();
    await pass(60_000);
    expect(view().state).toBe('connected');
  });

  it('is asked about once for every opening of the signaling, not each time it comes', async () => {
    const { open, phone, host, pass } = await setUpLink();
    host.paired.set('mobile', 'accepted');
    await open();
    await settle();
    const only = phone();
    for (let time = 0; time < 3; time++) {
      await only.come();
      await only.go();
    }
    expect(questions(host)).toBe(1);
    host.signaling.drop('desktop');
    await pass(5_000);
    expect(questions(host)).toBe(2);
  });

  it('that was taken out is not shown again by an answer from before', async () => {
    const { open, link, phone, host } = await setUpLink();
    host.paired.set('mobile', 'accepted');
    await open();
    await phone().come();
    const late = phone('mobile-2').come();
    await link.remove('mobile');
    host.paired.delete('mobile');
    await late;
    expect(link.getSnapshot().phones).toMatchObject([{ peerId: 'mobile-2' }]);
  });
});

describe('with confirm, whoever comes as a phone that was accepted once', () => {
  /** A phone that was invited and accepted, and is connected. */
  async function setUpAccepted() {
    const setup = await setUpLink({ confirm: true });
    const { link, host, phone, view } = setup;
    await link.invite('mobile');
    host.paired.set('mobile', 'waiting');
    const accepted = phone();
    await accepted.come();
    await link.accept('mobile');
    await settle();
    expect(view().state).toBe('connected');
    return { ...setup, accepted };
  }

  it('waits, when that pairing is over without a word: it is somebody else', async () => {
    const { host, accepted, phone, pass, view, mixer } = await setUpAccepted();
    host.paired.delete('mobile');
    await accepted.go();
    const stranger = phone();
    await stranger.come();
    await pass(5_000);
    expect(view().state).toBe('waiting');
    expect(stranger.offered).toEqual([]);
    expect(mixer().phones.get('mobile')).toBeNull();
  });

  it('waits after the bridge began anew, which forgets every pairing', async () => {
    const { host, accepted, phone, pass, view, link } = await setUpAccepted();
    host.paired.clear();
    host.signaling.drop('desktop');
    await accepted.go();
    await pass(5_000);
    expect(link.getSnapshot().phones).toEqual([]);
    const stranger = phone();
    await stranger.come();
    await pass(5_000);
    expect(view().state).toBe('waiting');
    expect(stranger.offered).toEqual([]);
  });

  it('is let in when it is that phone, which loaded its page again', async () => {
    const { accepted, phone, pass, view } = await setUpAccepted();
    accepted.connections.at(-1)?.close();
    await accepted.go();
    const reloaded = phone();
    await reloaded.come();
    await pass(1_000);
    expect(reloaded.offered).toHaveLength(1);
    expect(view().state).toBe('connected');
  });
});
