import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

describe('with confirm, a phone that nobody paired and that was accepted', () => {
  /** One that is connected since it was accepted, and left the signaling for a moment. */
  async function setUpAccepted() {
    const setup = await setUpLink({ confirm: true });
    const { open, phone, link, pass, view } = setup;
    await open();
    const accepted = phone();
    await accepted.come();
    await link.accept('mobile');
    await settle();
    expect(view().state).toBe('connected');
    await accepted.go();
    await pass(5_000);
    return { ...setup, accepted };
  }

  it('is not heard any more while it waits anew, and is when it is accepted again', async () => {
    const { accepted, link, pass, view, mixer } = await setUpAccepted();
    await accepted.come();
    await pass(20_000);
    expect(view()).toMatchObject({ state: 'waiting', path: null });
    expect(mixer().phones.get('mobile')).toBeNull();
    expect(accepted.told.at(-1)).toEqual({ type: 'bye', reason: 'closed' });
    expect(accepted.offered).toHaveLength(1);
    await link.accept('mobile');
    await pass(500);
    expect(accepted.offered).toHaveLength(2);
    expect(view()).toMatchObject({ state: 'connected', path: 'direct' });
  });

  it('is not the one that is accepted then, where another one came in its place', async () => {
    const { accepted, phone, link, pass, view, host } = await setUpAccepted();
    const other = phone();
    await other.come();
    expect(view().state).toBe('waiting');
    await link.accept('mobile');
    await pass(20_000);
    expect(other.offered).toHaveLength(1);
    expect(view().state).toBe('connected');
    expect(accepted.told.at(-1)).toEqual({ type: 'bye', reason: 'closed' });
    expect(host.network.ends(true).map((each) => each.closed)).toEqual([true, false]);
  });

  it('keeps its mute while it waits, and is away when it leaves', async () => {
    const { accepted, link, view } = await setUpAccepted();
    link.setMuted('mobile', true);
    await accepted.come();
    expect(view()).toMatchObject({ state: 'waiting', mutedBy: 'desktop' });
    await accepted.go();
    expect(view()).toMatchObject({ state: 'away', mutedBy: 'desktop' });
  });
});
