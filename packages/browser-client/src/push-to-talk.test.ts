import { describe, expect, it } from 'vitest';
import { settle, setUpClient } from './testing/client-fixture.ts';

const HELD = { push_to_talk: true } as const;

/** A client of a bridge whose turn detection is off, connected. */
async function connected() {
  const setup = setUpClient();
  const connecting = setup.client.connect();
  await settle();
  setup.connection().join(HELD);
  await connecting;
  const isHeard = () => setup.host.microphone.tracks.at(-1)?.enabled;
  return { ...setup, isHeard };
}

describe('VoiceBridgeClient at a bridge without turn detection', () => {
  it('is heard while the button is down: begins with nothing said, and ends with a turn to answer', async () => {
    const { client, connection, isHeard } = await connected();
    expect(client.getSnapshot()).toMatchObject({ pushToTalk: 'ready', microphone: 'muted', muted: false });
    expect(isHeard()).toBe(false);

    client.startTalking();
    expect(client.getSnapshot()).toMatchObject({ pushToTalk: 'talking', microphone: 'live' });
    expect(isHeard()).toBe(true);
    expect(connection().heard).toEqual([{ type: 'interrupt' }, { type: 'clear' }]);

    client.stopTalking();
    expect(client.getSnapshot()).toMatchObject({ pushToTalk: 'ready', microphone: 'muted' });
    expect(isHeard()).toBe(false);
    // The bridge is not told of a mute: it would drop the last words, which are still on their way.
    expect(connection().heard.slice(2)).toEqual([{ type: 'commit' }]);
  });

  it('takes a button that is pressed or let go twice as once', async () => {
    const { client, connection } = await connected();
    client.stopTalking();
    client.startTalking();
    client.startTalking();
    client.stopTalking();
    client.stopTalking();
    expect(connection().heard.map(({ type }) => type)).toEqual(['interrupt', 'clear', 'commit']);
  });

  it('unmutes who pressed it', async () => {
    const { client, connection, isHeard } = await connected();
    client.setMuted(true);
    client.startTalking();
    expect(client.getSnapshot()).toMatchObject({ muted: false, microphone: 'live' });
    expect(isHeard()).toBe(true);
    expect(connection().heard[1]).toEqual({ type: 'mute', muted: false });
    // What a muted participant asks for is refused, so it comes first.
    expect(connection().heard.at(-1)).toEqual({ type: 'clear' });
  });

  it('lets the button go when the connection breaks, and waits for it behind the redial', async () => {
    const { client, connection, host, isHeard } = await connected();
    client.startTalking();
    connection().changeState('failed');
    await settle();
    expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', pushToTalk: 'ready', microphone: 'muted' });
    expect(isHeard()).toBe(false);
    expect(() => client.startTalking()).toThrow(expect.objectContaining({ code: 'not_connected' }));
    host.clock.advance(8_000);
    await settle();
    connection().join(HELD);
    await settle();
    client.stopTalking();
    expect(connection().heard).toEqual([]);
    client.startTalking();
    expect(isHeard()).toBe(true);
    await client.disconnect();
    expect(client.getSnapshot()).toMatchObject({ pushToTalk: 'off', microphone: 'off' });
  });

  it('hears a microphone that is changed meanwhile as little as the one before', async () => {
    const { client, isHeard } = await connected();
    await client.setInputDevice('headset');
    expect(isHeard()).toBe(false);
    client.startTalking();
    await client.setInputDevice(null);
    expect(isHeard()).toBe(true);
  });
});

describe('a turn of somebody else in the mix', () => {
  it('begins and ends without opening the microphone, and not during one of the user', async () => {
    const { client, connection, isHeard } = await connected();
    client.beginTurn();
    expect(client.getSnapshot()).toMatchObject({ pushToTalk: 'ready', microphone: 'muted' });
    expect(isHeard()).toBe(false);
    client.endTurn();
    client.startTalking();
    client.beginTurn();
    client.endTurn();
    client.stopTalking();
    expect(connection().heard.map(({ type }) => type)).toEqual([
      ...['interrupt', 'clear', 'commit'],
      ...['interrupt', 'clear', 'commit'],
    ]);
  });
});

describe('VoiceBridgeClient at a bridge that detects turns', () => {
  it('refuses the button, and is heard without it', async () => {
    const { client, connect, host } = setUpClient();
    expect(() => client.startTalking()).toThrow(expect.objectContaining({ code: 'not_connected' }));
    const connection = await connect();
    expect(() => client.startTalking()).toThrow(expect.objectContaining({ code: 'invalid_request' }));
    client.stopTalking();
    client.beginTurn();
    client.endTurn();
    expect(client.getSnapshot()).toMatchObject({ pushToTalk: 'off', microphone: 'live' });
    expect(host.microphone.tracks[0]?.enabled).toBe(true);
    expect(connection.heard).toEqual([]);
  });
});
