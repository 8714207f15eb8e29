import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';

/** A link with one phone that says `count` things at once. */
async function flooded(count: number) {
  const set = await setUpLink();
  await set.open();
  const only = set.phone();
  await only.come();
  const connection = only.connections.at(-1);
  for (let said = 1; said <= count; said++) {
    connection?.send(JSON.stringify({ type: 'battery', level: said / 10_000, charging: null }));
  }
  await settle();
  return { ...set, only };
}

describe('a phone that says too much', () => {
  it('is heard as far as a page can use it; the rest is dropped, and nobody else notices', async () => {
    const { view, warnings, pass, only } = await flooded(1_000);
    expect(view().battery).toBeGreaterThan(0.038);
    expect(view().battery).toBeLessThanOrEqual(0.04);
    expect(view().state).toBe('connected');
    expect(warnings).toEqual([]);
    await pass(1_000);
    await only.say({ type: 'battery', level: 0.9, charging: null });
    expect(view().battery).toBe(0.9);
  });

  it('is left, with a coded warning and without another attempt, until it comes again', async () => {
    const { view, warnings, pass, only, host } = await flooded(1_500);
    expect(view().state).toBe('away');
    expect(warnings).toEqual(['rate_limited']);
    expect(host.network.ends(true).map(({ closed }) => closed)).toEqual([true]);
    await pass(60_000);
    expect(only.offered).toHaveLength(1);
    await only.go();
    await only.come();
    expect(view().state).toBe('connected');
  });
});
