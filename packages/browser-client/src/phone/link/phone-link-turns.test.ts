import { describe, expect, it } from 'vitest';
import { settle } from '../../testing/client-fixture.ts';
import { setUpLink } from '../../testing/phone-link-fixture.ts';
import { LAST_WORDS_MS } from './held-turns.ts';

/** A link in a session whose turn detection is off, with two phones. */
async function setUpTurns() {
  const set = await setUpLink();
  set.bridge.join({ push_to_talk: true });
  await set.open();
  const [first, second] = [set.phone('mobile'), set.phone('mobile-2')];
  await first.come();
  await second.come();
  set.bridge.heard.length = 0;
  const asked = () => set.bridge.heard.map(({ type }) => type);
  return { ...set, first, second, asked };
}

describe('a phone where the bridge detects no turns', () => {
  it('is told so, also when that comes later', async () => {
    const { first } = await setUpTurns();
    expect(first.heard('session')).toEqual([{ type: 'session', state: 'connected', push_to_talk: true }]);
    const { open, phone, bridge } = await setUpLink();
    await open();
    const early = phone();
    await early.come();
    bridge.join({ push_to_talk: true });
    await settle();
    expect(early.heard('session').map((each) => each.push_to_talk)).toEqual([undefined, true]);
  });

  it('takes a turn by holding its button, which ends when its last words are here', async () => {
    const { first, asked, pass, view, page } = await setUpTurns();
    expect(view()).toMatchObject({ muted: true, mutedBy: null });
    await first.say({ type: 'talk', talking: true });
    expect(asked()).toEqual(['interrupt', 'clear']);
    expect(view().muted).toBe(false);
    expect(page.microphone.tracks[0]?.enabled).toBe(false);
    await first.say({ type: 'talk', talking: false });
    await pass(LAST_WORDS_MS - 1);
    expect(asked()).toHaveLength(2);
    await pass(1);
    expect(asked()).toEqual(['interrupt', 'clear', 'commit']);
    expect(view().muted).toBe(true);
  });

  it('shares a turn with another one, and goes on with its own when it let go for a moment', async () => {
    const { first, second, asked, pass } = await setUpTurns();
    await first.say({ type: 'talk', talking: true });
    await first.say({ type: 'talk', talking: true });
    await second.say({ type: 'talk', talking: true });
    await first.say({ type: 'talk', talking: false });
    await pass(LAST_WORDS_MS);
    await second.say({ type: 'talk', talking: false });
    await second.say({ type: 'talk', talking: true });
    await pass(LAST_WORDS_MS);
    expect(asked()).toEqual(['interrupt', 'clear']);
    await second.say({ type: 'talk', talking: false });
    await pass(LAST_WORDS_MS);
    expect(asked()).toEqual(['interrupt', 'clear', 'commit']);
  });

  it('takes none while it is not in the mix', async () => {
    const { first, asked, pass, link } = await setUpTurns();
    link.select('mobile-2');
    await first.say({ type: 'talk', talking: true });
    await first.say({ type: 'talk', talking: false });
    await pass(LAST_WORDS_MS);
    expect(asked()).toEqual([]);
  });

  it('ends its turn by going', async () => {
    const { first, asked, pass } = await setUpTurns();
    await first.say({ type: 'talk', talking: true });
    await first.say({ type: 'bye', reason: 'left' });
    await pass(LAST_WORDS_MS);
    expect(asked()).toEqual(['interrupt', 'clear', 'commit']);
  });

  it('disturbs no turn of the desktop, and has none where turns are detected', async () => {
    const { first, asked, pass, client } = await setUpTurns();
    client.startTalking();
    await first.say({ type: 'talk', talking: true });
    await first.say({ type: 'talk', talking: false });
    await pass(LAST_WORDS_MS);
    expect(asked()).toEqual(['interrupt', 'clear']);
    client.stopTalking();
    const other = await setUpLink();
    await other.open();
    const phone = other.phone();
    await phone.come();
    await phone.say({ type: 'talk', talking: true });
    await phone.say({ type: 'talk', talking: false });
    await other.pass(LAST_WORDS_MS);
    expect(other.bridge.heard.filter(({ type }) => type !== 'mute')).toEqual([]);
  });

  it('ends a turn at once when the link is closed', async () => {
    const { first, asked, link } = await setUpTurns();
    await first.say({ type: 'talk', talking: true });
    await link.close();
    expect(asked()).toEqual(['interrupt', 'clear', 'commit']);
  });
});
