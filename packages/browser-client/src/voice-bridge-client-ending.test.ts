import { describe, expect, it } from 'vitest';
import { settle, setUpClient } from './testing/client-fixture.ts';

describe('VoiceBridgeClient ending', () => {
  it('[S-2.4] [S-2.16] says goodbye, ends the session at the bridge and leaves nothing behind', async () => {
    const { client, connect, host } = setUpClient({ auth: () => 'token-1' });
    const connection = await connect();
    const leaving = client.disconnect();
    expect(client.state).toBe('closed');
    expect(connection.heard).toContainEqual({ type: 'leave' });
    expect(host.bridge.requests.at(-1)).toEqual({
      method: 'DELETE',
      url: '/api/realtime/webrtc/bridge/kitchen?session_id=ses_1',
      body: null,
      authorization: 'Bearer token-1',
      keepalive: true,
    });
    await leaving;
    expect(host.leftovers()).toEqual([]);
  });

  it('never rejects, also when the bridge is gone', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    host.bridge.answer('DELETE', 'unreachable');
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('names the conversation as long as its session has no name', async () => {
    const { client, host } = setUpClient();
    host.bridge.answer('POST', 'hang');
    client.connect().catch(() => {});
    await settle();
    await client.disconnect();
    expect(host.bridge.requests.at(-1)).toMatchObject({ method: 'DELETE', url: '/api/realtime/webrtc/bridge/kitchen' });
  });

  it('asks for a new token when the last one has run out', async () => {
    let tokens = 0;
    const { client, connect, host } = setUpClient({ auth: async () => `token-${++tokens}` });
    await connect();
    host.bridge.answer('DELETE', { refuse: 'unauthorized', status: 401 });
    await client.disconnect();
    const deletes = host.bridge.requests.filter((request) => request.method === 'DELETE');
    expect(deletes.map((request) => request.authorization)).toEqual(['Bearer token-2', 'Bearer token-3']);
  });

  it('ends an attempt wherever it is', async () => {
    for (let turns = 0; turns < 60; turns++) {
      const { client, host } = setUpClient({ auth: async () => 'token-1' });
      const outcome = client.connect().then(
        () => 'connected',
        (error: unknown) => error,
      );
      for (let turn = 0; turn < turns; turn++) await Promise.resolve();
      await client.disconnect();
      expect(await outcome).toMatchObject({ code: 'aborted' });
      await settle();
      expect(client.getSnapshot()).toMatchObject({ state: 'closed', error: null, microphone: 'off' });
      expect(host.leftovers()).toEqual([]);
      expect(host.bridge.count('DELETE')).toBe(host.bridge.count('POST'));
    }
  });

  it('ended by the bridge before it was let in, it says why', async () => {
    const { client, connection, host } = setUpClient();
    const outcome = client.connect().catch((error: unknown) => error);
    await settle();
    connection().say({ type: 'closed', reason: 'failed', code: 'model_unreachable' });
    expect(await outcome).toMatchObject({ code: 'model_unreachable' });
    expect(client.getSnapshot()).toMatchObject({ state: 'failed', error: { code: 'model_unreachable' } });
    expect(host.leftovers()).toEqual([]);
  });

  it('ends while the user is asked for the microphone, without a word to the bridge', async () => {
    const { client, host } = setUpClient();
    host.microphone.prompts = true;
    const outcome = client.connect().catch((error: unknown) => error);
    await settle();
    await client.disconnect();
    host.microphone.answer();
    expect(await outcome).toMatchObject({ code: 'aborted' });
    await settle();
    expect(host.bridge.count('DELETE')).toBe(0);
    expect(host.leftovers()).toEqual([]);
  });

  it('ends by the signal given to connect(), but not once connected', async () => {
    const { client, host, connection } = setUpClient();
    const first = new AbortController();
    const outcome = client.connect({ signal: first.signal }).catch((error: unknown) => error);
    await settle();
    first.abort();
    expect(await outcome).toMatchObject({ code: 'aborted' });
    const second = new AbortController();
    const connecting = client.connect({ signal: second.signal });
    await settle();
    connection().join();
    await connecting;
    second.abort();
    expect(client.state).toBe('connected');
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('a listener may disconnect in the middle of connecting', async () => {
    const { client, host } = setUpClient();
    client.on('stateChanged', () => void client.disconnect());
    await expect(client.connect()).rejects.toMatchObject({ code: 'aborted' });
    expect(host.leftovers()).toEqual([]);
    expect(host.microphone.asked).toEqual([]);
  });

  it('a new session waits until the bridge has ended the old one', async () => {
    const { client, connect, connection, host } = setUpClient();
    await connect();
    host.bridge.answer('DELETE', 'hang');
    void client.disconnect();
    const again = client.connect();
    await settle();
    expect(host.bridge.count('POST')).toBe(1);
    await host.clock.advanceAsync(10_000);
    expect(host.bridge.count('POST')).toBe(2);
    connection().join();
    await again;
    expect(client.state).toBe('connected');
  });

  it('leaving the page ends the session in the same moment', async () => {
    const { client, connect, host } = setUpClient({ auth: () => 'token-1' });
    await connect();
    host.leavePage();
    expect(host.bridge.requests.at(-1)).toMatchObject({ method: 'DELETE', keepalive: true });
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it.each([
    ['stopped', 'closed', undefined],
    ['replaced', 'closed', 'session_replaced'],
    ['idle', 'closed', 'session_idle'],
    ['model_closed', 'failed', 'model_closed'],
  ])('the bridge ending it for %s leaves it %s with %s, and nothing is asked of the bridge', async (...row) => {
    const [reason, state, code] = row;
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    connection.say({ type: 'closed', reason });
    expect(client.getSnapshot()).toMatchObject({ state });
    expect(client.getSnapshot().error?.code).toBe(code);
    await client.disconnect();
    expect(client.state).toBe(state);
    expect(host.bridge.count('DELETE')).toBe(0);
    expect(host.leftovers()).toEqual([]);
  });
});
