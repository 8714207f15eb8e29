import { describe, expect, it } from 'vitest';
import { settle, setUpClient } from './testing/client-fixture.ts';

describe('VoiceBridgeClient redialling', () => {
  it('[S-3.24] redials the same conversation when the connection breaks, with the same microphone and speaker', async () => {
    const { client, connect, connection, host } = setUpClient();
    const first = await connect();
    const states: string[] = [];
    client.on('stateChanged', (state) => states.push(state));
    first.changeState('failed');
    expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', error: { code: 'connection_lost' } });
    expect(first.closed).toBe(true);
    await host.clock.advanceAsync(250);
    expect(connection()).not.toBe(first);
    connection().join({ session_id: 'ses_2' });
    await settle();
    expect(client.getSnapshot()).toMatchObject({ state: 'connected', sessionId: 'ses_2', error: null });
    expect(connection().tracks).toEqual([host.microphone.tracks[0]]);
    expect([host.microphone.asked.length, host.graphs.length, host.speakers.length]).toEqual([1, 1, 1]);
    expect(states).toEqual(['reconnecting', 'connected']);
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('redials after three missed pings, and not while they come', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    for (let id = 1; id <= 10; id++) {
      host.clock.advance(2_000);
      connection.say({ type: 'ping', id });
    }
    expect(connection.heard).toEqual(Array.from({ length: 10 }, (_, index) => ({ type: 'pong', id: index + 1 })));
    host.clock.advance(5_999);
    expect(client.state).toBe('connected');
    host.clock.advance(1);
    expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', error: { code: 'connection_lost' } });
    await client.disconnect();
  });

  it.each([
    ['the control channel closes', 'connection_lost'],
    ['the bridge restarts', 'shutting_down'],
  ])('redials when %s', async (what, code) => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    if (code === 'shutting_down') connection.say({ type: 'closed', reason: 'shutting_down' });
    else connection.closeControl();
    expect(client.getSnapshot(), what).toMatchObject({ state: 'reconnecting', error: { code } });
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('a short disconnection that heals is none', async () => {
    const { client, connect } = setUpClient();
    const connection = await connect();
    connection.changeState('disconnected');
    connection.changeState('connected');
    expect(client.state).toBe('connected');
    await client.disconnect();
  });

  it('tries eight times with growing delays, then fails with the last error', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    host.bridge.answer('GET', 'unreachable');
    connection.closeControl();
    await host.clock.advanceAsync(60_000);
    expect(host.bridge.count('GET')).toBe(1 + 8);
    expect(client.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'bridge_unreachable' } });
    expect(host.leftovers()).toEqual([]);
  });

  it('gives up at once when trying again cannot help', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    host.bridge.answer('POST', { refuse: 'forbidden', status: 403 });
    connection.closeControl();
    await host.clock.advanceAsync(60_000);
    expect(host.bridge.count('POST')).toBe(2);
    expect(client.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'forbidden' } });
  });

  it('[S-0.47] renews the session it had, whatever became of the redials between', async () => {
    const { client, connect, connection, host } = setUpClient();
    const renewed = () =>
      host.bridge.requests.filter(({ method }) => method === 'POST').map(({ body }) => sessionIdIn(body));
    host.bridge.answer('POST', { status: 200, json: { session_id: 'ses_a', answer: 'one' } });
    (await connect()).closeControl();
    host.bridge.answer('POST', 'unreachable');
    await host.clock.advanceAsync(250);
    host.bridge.answer('POST', { status: 200, json: { session_id: 'ses_b', answer: 'two' } });
    await host.clock.advanceAsync(1_000);
    connection().join({ session_id: 'ses_b' });
    await settle();
    connection().closeControl();
    await host.clock.advanceAsync(4_000);
    expect(renewed()).toEqual([undefined, 'ses_a', 'ses_a', 'ses_b']);
    await client.disconnect();
  });

  it('[S-2.6] leaves the conversation to the page that took it over meanwhile; a click takes it back', async () => {
    const { client, connect, connection, host } = setUpClient();
    const first = await connect();
    host.bridge.answer('POST', { refuse: 'session_replaced', status: 409 });
    first.closeControl();
    await host.clock.advanceAsync(60_000);
    expect(client.getSnapshot()).toMatchObject({
      state: 'closed',
      error: { code: 'session_replaced', hint: 'Connect here to take it back.' },
    });
    expect([host.bridge.count('POST'), host.bridge.count('DELETE'), host.leftovers()]).toEqual([2, 0, []]);
    host.bridge.restore('POST');
    const taken = client.connect();
    await settle();
    connection().join({ session_id: 'ses_back' });
    await taken;
    expect(host.bridge.requests.at(-1)?.body).not.toHaveProperty('session_id');
    expect(client.getSnapshot()).toMatchObject({ state: 'connected', sessionId: 'ses_back', error: null });
    await client.disconnect();
  });

  it('a connection that breaks again and again is not redialled for ever', async () => {
    const { client, connect, connection, host } = setUpClient();
    await connect();
    for (let round = 0; round < 8; round++) {
      connection().closeControl();
      await host.clock.advanceAsync(4_000);
      connection().join();
      await settle();
      expect(client.state).toBe('connected');
    }
    connection().closeControl();
    expect(client.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'connection_lost' } });
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('one that lasted starts the schedule anew', async () => {
    const { client, connect, connection, host } = setUpClient();
    await connect();
    for (let round = 0; round < 12; round++) {
      for (let id = 0; id < 16; id++) {
        host.clock.advance(2_000);
        connection().say({ type: 'ping', id });
      }
      connection().closeControl();
      await host.clock.advanceAsync(250);
      connection().join();
      await settle();
      expect(client.state).toBe('connected');
    }
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('does not wait any longer when the network comes back', async () => {
    const { client, connect, connection, host } = setUpClient();
    const first = await connect();
    host.bridge.answer('GET', 'unreachable');
    first.closeControl();
    await host.clock.advanceAsync(9_000);
    host.bridge.restore('GET');
    host.bringNetworkBack();
    await settle();
    connection().join();
    await settle();
    expect(client.state).toBe('connected');
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('what is not let in within the time is tried again', async () => {
    const { client, connect, host } = setUpClient({ connectTimeoutMs: 5_000 });
    const first = await connect();
    first.closeControl();
    await host.clock.advanceAsync(250 + 5_000);
    expect(client.getSnapshot()).toMatchObject({
      state: 'reconnecting',
      error: { code: 'connect_timeout', message: 'Not connected within 5 s', hint: expect.any(String) },
    });
    await host.clock.advanceAsync(500);
    expect(host.connections.map((each) => each.closed)).toEqual([true, true, false]);
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('being replaced while redialling ends it', async () => {
    const { client, connect, connection, host } = setUpClient();
    const first = await connect();
    first.closeControl();
    await host.clock.advanceAsync(250);
    connection().say({ type: 'closed', reason: 'replaced' });
    await settle();
    expect(client.getSnapshot()).toMatchObject({ state: 'closed', error: { code: 'session_replaced' } });
    expect(host.leftovers()).toEqual([]);
  });

  it('disconnect() ends the waiting between two tries', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    connection.closeControl();
    await settle();
    await client.disconnect();
    expect(client.state).toBe('closed');
    await host.clock.advanceAsync(60_000);
    expect(host.bridge.count('POST')).toBe(1);
    expect(host.leftovers()).toEqual([]);
  });

  it('what an old connection still says is not heard', async () => {
    const { client, connect, connection, host } = setUpClient();
    const first = await connect();
    first.closeControl();
    await host.clock.advanceAsync(250);
    connection().join();
    await settle();
    first.say({ type: 'assistant', state: 'speaking' });
    first.say({ type: 'closed', reason: 'replaced' });
    expect(client.getSnapshot()).toMatchObject({ state: 'connected', assistant: 'idle' });
    await client.disconnect();
  });

  it('stays muted', async () => {
    const { client, connect, connection, host } = setUpClient();
    const first = await connect();
    client.setMuted(true);
    first.closeControl();
    await host.clock.advanceAsync(250);
    connection().join();
    await settle();
    expect(connection().heard).toContainEqual({ type: 'mute', muted: true });
    expect(client.getSnapshot().microphone).toBe('muted');
    await client.disconnect();
  });

  it('shows the token it was given, so that its place is its own again', async () => {
    const { client, connect, connection, host } = setUpClient();
    host.bridge.answer('POST', { status: 200, json: { session_id: 'ses_1', answer: 'answer', resume_token: 'res_1' } });
    (await connect()).changeState('failed');
    await host.clock.advanceAsync(250);
    connection().join();
    await settle();
    const asked = host.bridge.requests.filter(({ method }) => method === 'POST').map(({ body }) => body);
    expect(asked).toMatchObject([{}, { session_id: 'ses_1', resume_token: 'res_1' }]);
    expect(asked[0]).not.toHaveProperty('resume_token');
    await client.disconnect();
  });

  it('tells the bridge again that it is muted, and that it is not any more', async () => {
    const { client, connect, connection, host } = setUpClient();
    const redial = async () => {
      connection().changeState('failed');
      client.setMuted(!client.getSnapshot().muted);
      await host.clock.advanceAsync(1_000);
      connection().join();
      await settle();
      return connection().heard;
    };
    await connect();
    expect(await redial()).toEqual([{ type: 'mute', muted: true }]);
    expect(await redial()).toEqual([{ type: 'mute', muted: false }]);
    await client.disconnect();
  });

  it('asks for a fresh token when the one it came with is not good any more', async () => {
    const tokens = ['old', 'new'];
    const { client, connect, host } = setUpClient({ auth: () => tokens[0] ?? '' });
    const connection = await connect();
    tokens.shift();
    connection.say({ type: 'closed', reason: 'revoked', code: 'unauthorized' });
    expect(client.getSnapshot()).toMatchObject({ state: 'reconnecting', error: { code: 'unauthorized' } });
    await host.clock.advanceAsync(250);
    expect(host.bridge.requests.at(-1)?.authorization).toBe('Bearer new');
    await client.disconnect();
  });
});

function sessionIdIn(body: unknown): unknown {
  return typeof body === 'object' && body !== null && 'session_id' in body ? body.session_id : undefined;
}
