import { describe, expect, it } from 'vitest';
import { settle, setUpClient } from './testing/client-fixture.ts';
import { BAD_ANSWER } from './testing/fake-rtc-connection.ts';
import { VoiceBridgeClient } from './voice-bridge-client.ts';
import { voiceClientContract } from './voice-client.contract.ts';

voiceClientContract(() => {
  const { client, connect } = setUpClient();
  return {
    client,
    connect: async () => {
      await connect();
    },
  };
});

describe('VoiceBridgeClient connecting', () => {
  it('opens sound and microphone inside the click, before anything has been loaded', async () => {
    const { client, host } = setUpClient();
    host.microphone.prompts = true;
    client.connect().catch(() => {});
    expect([host.graphs.length, host.speakers.length, host.microphone.asked.length]).toEqual([1, 1, 1]);
    await client.disconnect();
  });

  it('[S-2.3] [S-2.13] [S-2.17] asks for the configuration, posts its offer and applies the answer', async () => {
    const { client, connect, host } = setUpClient({
      url: 'https://bridge.example.org/voice/',
      voice: 'marin',
      agentName: 'Ada',
      systemPrompt: 'Be short.',
      auth: async () => 'token-1',
    });
    const connection = await connect();
    expect(host.bridge.requests).toMatchObject([
      { method: 'GET', url: 'https://bridge.example.org/voice/api/realtime/config', authorization: 'Bearer token-1' },
      {
        method: 'POST',
        url: 'https://bridge.example.org/voice/api/realtime/webrtc/bridge',
        body: {
          conversation_id: 'kitchen',
          offer: 'offer of the fake',
          voice: 'marin',
          agent_name: 'Ada',
          system_prompt: 'Be short.',
        },
      },
    ]);
    expect(connection.answer).toBe('answer of the fake');
    expect(connection.iceServers).toEqual([{ urls: ['stun:stun.example.org'] }]);
    expect(connection.tracks).toEqual([host.microphone.tracks[0]]);
    expect(host.speakers[0]?.playing).toBe(host.graphs[0]?.output);
    expect(client.getSnapshot().sessionId).toBe('ses_1');
  });

  it('opens what needs a gesture before connect() returns', () => {
    const { client, host } = setUpClient();
    client.connect().catch(() => {});
    expect([host.graphs.length, host.speakers.length, host.microphone.asked.length]).toEqual([1, 1, 1]);
    void client.disconnect();
  });

  it('shows that it waits for the user, for as long as that takes, and offers only then', async () => {
    const { client, host, connection } = setUpClient();
    host.microphone.prompts = true;
    const connecting = client.connect();
    await host.clock.advanceAsync(120_000);
    expect(client.getSnapshot()).toMatchObject({ state: 'connecting', microphone: 'prompting' });
    expect(host.connections).toHaveLength(0);
    host.microphone.answer();
    await settle();
    connection().join();
    await connecting;
    expect(client.state).toBe('connected');
  });

  it('[S-2.15] connects with silence when the microphone is refused', async () => {
    const { client, connect, host } = setUpClient();
    host.microphone.refusal = 'microphone_denied';
    const warnings: string[] = [];
    client.on('warning', (error) => warnings.push(error.code));
    const connection = await connect();
    expect(connection.tracks).toEqual([host.graphs[0]?.silence]);
    expect(client.getSnapshot()).toMatchObject({ microphone: 'unavailable', microphoneReason: 'microphone_denied' });
    expect(warnings).toEqual(['microphone_denied']);
  });

  it('is one attempt, however often it is asked', async () => {
    const { client, host, connect } = setUpClient();
    const first = client.connect();
    expect(client.connect()).toBe(first);
    await connect();
    await client.connect();
    expect(host.bridge.count('POST')).toBe(1);
  });

  it.each([
    ['GET', { refuse: 'unauthorized', status: 401 }, 'unauthorized'],
    ['GET', 'unreachable', 'bridge_unreachable'],
    ['GET', { text: '<!doctype html>' }, 'bridge_unreachable'],
    ['POST', { refuse: 'too_many_sessions', status: 429 }, 'too_many_sessions'],
    ['POST', { status: 502, json: {} }, 'internal'],
    ['POST', { status: 200, json: { session_id: 's', answer: BAD_ANSWER } }, 'invalid_offer'],
    ['GET', 'hang', 'connect_timeout'],
    ['POST', 'hang', 'connect_timeout'],
  ] as const)('[S-2.21] a %s answered with %j fails with %s and leaves nothing behind', async (kind, answer, code) => {
    const { client, host } = setUpClient();
    host.bridge.answer(kind, answer);
    const outcome = client.connect().then(
      () => 'connected',
      (error: unknown) => error,
    );
    await host.clock.advanceAsync(30_000);
    expect(await outcome).toMatchObject({ code });
    expect(client.getSnapshot()).toMatchObject({ state: 'failed', error: { code }, microphone: 'off' });
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it.each(['unreachable', 'hang'] as const)('a bridge that is %s: the error says what to check', async (answer) => {
    const { client, host } = setUpClient();
    host.bridge.answer('GET', answer);
    client.connect().catch(() => {});
    await host.clock.advanceAsync(30_000);
    expect(client.getSnapshot().error).toMatchObject({
      message: expect.not.stringContaining('ms'),
      hint: expect.stringMatching(/^Check the network/),
    });
  });

  it('refuses to talk to a bridge that is newer than this page', async () => {
    const { client, host } = setUpClient();
    const limits = { max_text_length: 1, max_session_minutes: 1, idle_minutes: 1 };
    host.bridge.answer('GET', {
      status: 200,
      json: { protocol_version: 2, ice_servers: [], transports: [], limits },
    });
    await expect(client.connect()).rejects.toMatchObject({ code: 'protocol_mismatch', retryable: false });
  });

  it('fails with connect_timeout when the answer leads nowhere, and with ice_failed when no path works', async () => {
    const slow = setUpClient();
    const timedOut = slow.client.connect().catch((error: unknown) => error);
    await slow.host.clock.advanceAsync(20_000);
    expect(await timedOut).toMatchObject({ code: 'connect_timeout' });
    const blocked = setUpClient();
    const failed = blocked.client.connect().catch((error: unknown) => error);
    await settle();
    blocked.connection().changeState('failed');
    expect(await failed).toMatchObject({ code: 'ice_failed' });
    expect([...slow.host.leftovers(), ...blocked.host.leftovers()]).toEqual([]);
    // The bridge may still hold a session that nobody will use.
    expect([slow.host.bridge.count('DELETE'), blocked.host.bridge.count('DELETE')]).toEqual([1, 1]);
  });

  it('a token that cannot be had is unauthorized', async () => {
    const { client } = setUpClient({ auth: () => Promise.reject(new Error('logged out')) });
    await expect(client.connect()).rejects.toMatchObject({ code: 'unauthorized' });
  });

  it('a page without Web Audio fails with webrtc_unsupported', async () => {
    const { host } = setUpClient();
    const openAudioGraph = () => {
      throw new ReferenceError('AudioContext is not defined');
    };
    const client = new VoiceBridgeClient({}, { ...host, openAudioGraph });
    await expect(client.connect()).rejects.toMatchObject({ code: 'webrtc_unsupported' });
    expect(client.state).toBe('failed');
  });

  it('makes up a conversation id, and refuses an impossible one at once', () => {
    const { host } = setUpClient();
    expect(new VoiceBridgeClient({}, host).conversationId).toMatch(/^conv_[0-9A-Za-z]{22}$/);
    expect(() => new VoiceBridgeClient({ conversationId: 'a/b' }, host)).toThrow(TypeError);
  });

  it('touches nothing of the page before connect(): it can be made on a server', () => {
    expect(new VoiceBridgeClient().getSnapshot().state).toBe('idle');
  });
});
