import { describe, expect, it } from 'vitest';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

/** A phone that nobody paired, connected for longer than anybody waits for one. */
async function setUpUnpaired() {
  const setup = await setUpLink();
  await setup.open();
  const only = setup.phone();
  await only.come();
  await setup.pass(60_000);
  return { ...setup, only };
}

const BYE = { type: 'bye', reason: 'closed' };

describe('a phone that nobody paired, away from the signaling while its connection goes on', () => {
  it('is heard for half a minute, and then out: it may have been sent away', async () => {
    const { only, pass, view, mixer, link } = await setUpUnpaired();
    await only.go();
    await pass(29_500);
    expect(view().state).toBe('connected');
    await pass(1_000);
    expect(only.told.at(-1)).toEqual(BYE);
    expect(mixer().phones.has('mobile')).toBe(false);
    expect(link.getSnapshot().phones).toEqual([]);
  });

  it('leaves its place to whoever comes then: that is another connection', async () => {
    const { only, phone, pass, view } = await setUpUnpaired();
    await only.go();
    await pass(31_000);
    const other = phone();
    await other.come();
    expect(other.offered).toHaveLength(1);
    expect(view().state).toBe('connected');
  });

  it('stays when it is back in time, and has as long again the next time', async () => {
    const { only, pass, view } = await setUpUnpaired();
    for (let time = 0; time < 3; time++) {
      await only.go();
      await pass(20_000);
      await only.come();
      await pass(500);
    }
    await pass(60_000);
    expect(view().state).toBe('connected');
    expect(only.offered).toHaveLength(1);
    expect(only.told).not.toContainEqual(BYE);
  });

  it('has its half minute from when it went, also where the link was opened shortly before', async () => {
    const { open, phone, pass, view } = await setUpLink();
    await open();
    const only = phone();
    await only.come();
    await pass(29_500);
    await only.go();
    await pass(29_000);
    expect(view().state).toBe('connected');
  });

  it('loads its page again in the meantime, and is not hung up afterwards', async () => {
    const { only, phone, pass, view } = await setUpUnpaired();
    only.connections.at(-1)?.close();
    await only.go();
    await pass(20_000);
    const reloaded = phone();
    await reloaded.come();
    await pass(60_000);
    expect(view().state).toBe('connected');
    expect(reloaded.told).not.toContainEqual(BYE);
  });

  it("stays while the desktop's own line is down, and has half a minute from when that is back", async () => {
    const { host, only, pass, view, link } = await setUpUnpaired();
    await only.go();
    await pass(20_000);
    host.signaling.reachable = false;
    host.signaling.drop('desktop');
    await pass(120_000);
    expect(view().state).toBe('connected');
    host.signaling.reachable = true;
    await pass(30_000);
    expect(link.getSnapshot()).toMatchObject({ state: 'open', phones: [{ state: 'connected' }] });
    await pass(10_000);
    expect(only.told.at(-1)).toEqual(BYE);
  });

  it('stays when the line is back for a moment only: there is no way to call it again', async () => {
    const { host, only, pass, view } = await setUpUnpaired();
    host.signaling.drop('desktop');
    await only.go();
    await pass(3_000);
    host.signaling.reachable = false;
    host.signaling.drop('desktop');
    await pass(60_000);
    expect(view().state).toBe('connected');
  });

  it('that was selected alone leaves all selected and the desktop muted, and stays muted itself', async () => {
    const { only, pass, link, mixer, view } = await setUpUnpaired();
    link.setMuted('mobile', true);
    link.select('mobile');
    await only.go();
    await pass(31_000);
    expect(link.getSnapshot()).toMatchObject({ phones: [], selected: 'all', desktop: { muted: true } });
    expect(mixer().gains.get('desktop')).toBe(0);
    await only.come();
    expect(view()).toMatchObject({ state: 'connected', mutedBy: 'desktop' });
    expect(mixer().gains.get('mobile')).toBe(0);
  });
});

describe('a phone that is invited in the place of one that nobody paired, which is away', () => {
  it('is shown as invited, goes by itself when it does not come, and is not muted as that one was', async () => {
    const { only, link, pass, view } = await setUpUnpaired();
    link.setMuted('mobile', true);
    await only.say({ type: 'bye', reason: 'left' });
    await only.go();
    expect(view()).toMatchObject({ state: 'away', mutedBy: 'desktop' });
    await link.invite();
    expect(view()).toMatchObject({ state: 'invited', mutedBy: null });
    await pass(125_000);
    expect(link.getSnapshot().phones).toEqual([]);
  });

  it('is the one that is connected when it comes: what went on of the other one has ended', async () => {
    const { only, phone, link, view, mixer } = await setUpUnpaired();
    await only.go();
    await link.invite();
    expect(only.told.at(-1)).toEqual(BYE);
    expect(mixer().phones.get('mobile') ?? null).toBeNull();
    const other = phone();
    await other.come();
    expect(other.offered).toHaveLength(1);
    expect(view().state).toBe('connected');
  });

  it('leaves one alone that is there: it may be told of as another one', async () => {
    const { only, link, view } = await setUpUnpaired();
    await link.invite('mobile');
    expect(only.told).not.toContainEqual(BYE);
    expect(view().state).toBe('connected');
  });
});

describe('a paired phone, away from the signaling while its connection goes on', () => {
  it('stays, and the bridge is not asked about it', async () => {
    const { open, host, phone, pass, view } = await setUpLink();
    host.paired.set('mobile', 'accepted');
    await open();
    const only = phone();
    await only.come();
    const before = host.requests.length;
    await only.go();
    await pass(120_000);
    expect(view().state).toBe('connected');
    expect(host.requests).toHaveLength(before);
  });

  it('stays while the bridge does not say who its phones are, and is out when that says nothing of it', async () => {
    const { open, host, phone, pass, view } = await setUpLink();
    await open();
    await phone().come();
    host.refusal = { status: 503, code: 'shutting_down' };
    const second = phone('mobile-2');
    await second.come();
    await second.go();
    await pass(120_000);
    expect(view('mobile-2').state).toBe('connected');
    host.refusal = null;
    await pass(60_000);
    expect(second.told.at(-1)).toEqual(BYE);
  });

  it('stays where it was paired while it was away: that is asked before anybody is hung up', async () => {
    const { host, only, pass, view } = await setUpUnpaired();
    await only.go();
    await pass(20_000);
    host.paired.set('mobile', 'accepted');
    await pass(60_000);
    expect(view().state).toBe('connected');
  });
});
