import { describe, expect, it } from 'vitest';
import { settle, setUpClient } from './testing/client-fixture.ts';

describe('VoiceBridgeClient in a session', () => {
  it('shows what the bridge says and tells of it', async () => {
    const { client, connect } = setUpClient();
    const connection = await connect();
    const told: unknown[] = [];
    client.on('transcript', (line) => told.push(line.text));
    client.on('toolCall', (call) => told.push(call.name));
    client.on('speech', (state) => told.push(state));
    client.on('warning', (error) => told.push(error.code));
    connection.say({ type: 'speech', state: 'started' });
    connection.say({ type: 'assistant', state: 'thinking' });
    connection.say({
      type: 'transcript',
      entry: { id: 'a', role: 'assistant', text: 'The', state: 'partial' },
      after: null,
    });
    connection.say({ type: 'transcript_delta', id: 'a', delta: ' lamp' });
    connection.say({
      type: 'tool_call',
      tool_call: { call_id: 'c1', name: 'set_lamp', arguments: '{}', state: 'running' },
    });
    connection.say({ type: 'error', code: 'model_error', message: 'Odd' });
    expect(told).toEqual(['started', 'The', 'The lamp', 'set_lamp', 'model_error']);
    expect(client.getSnapshot()).toMatchObject({
      userSpeaking: true,
      assistant: 'thinking',
      transcript: [{ text: 'The lamp', state: 'partial' }],
      toolCalls: [{ callId: 'c1' }],
    });
    await client.disconnect();
  });

  it.each(['', 'not json', '{"type":"tomorrow"}', '[]', 'null'])(
    'junk on the control channel changes nothing: %j',
    async (text) => {
      const { client, connect } = setUpClient();
      const connection = await connect();
      const before = client.getSnapshot();
      connection.sayText(text);
      expect(client.getSnapshot()).toBe(before);
      await client.disconnect();
    },
  );

  it('a listener that throws does not stop the session', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    const mistake = new Error('a mistake of the page');
    const heard: string[] = [];
    client.on('speech', () => {
      throw mistake;
    });
    client.on('speech', (state) => heard.push(state));
    connection.say({ type: 'speech', state: 'started' });
    expect(host.errors).toEqual([mistake]);
    expect(heard).toEqual(['started']);
    expect(client.state).toBe('connected');
    await client.disconnect();
  });

  it('[S-2.5] [S-2.17] sends typed text; the transcript takes the place of the pending line', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    const sending = client.sendText('  turn the lamp green ');
    expect(client.getSnapshot().transcript).toMatchObject([{ text: 'turn the lamp green', state: 'pending' }]);
    await sending;
    expect(host.bridge.requests.at(-1)).toMatchObject({
      method: 'POST',
      url: '/api/realtime/webrtc/bridge/kitchen/text',
      body: { text: 'turn the lamp green' },
    });
    connection.say({
      type: 'transcript',
      entry: { id: 'item_1', role: 'user', text: 'turn the lamp green', state: 'final' },
      after: null,
    });
    expect(client.getSnapshot().transcript).toMatchObject([{ id: 'item_1', state: 'final' }]);
    await client.disconnect();
  });

  it.each([
    [{ refuse: 'rate_limited', status: 429 }, 'rate_limited'],
    ['unreachable', 'bridge_unreachable'],
    ['hang', 'connect_timeout'],
  ] as const)('[S-2.20] text answered with %j stays visible as failed and rejects with %s', async (answer, code) => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    host.bridge.answer('TEXT', answer);
    const outcome = client.sendText('hello').catch((error: unknown) => error);
    for (let id = 0; id < 6; id++) {
      await host.clock.advanceAsync(2_000);
      connection.say({ type: 'ping', id });
    }
    expect(await outcome).toMatchObject({ code });
    expect(client.getSnapshot().transcript).toMatchObject([{ text: 'hello', state: 'failed' }]);
    await client.disconnect();
  });

  it('text that waits when the session ends is rejected and failed', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    host.bridge.answer('TEXT', 'hang');
    const outcome = client.sendText('hello').catch((error: unknown) => error);
    await settle();
    await client.disconnect();
    expect(await outcome).toMatchObject({ code: 'aborted' });
    expect(client.getSnapshot().transcript).toMatchObject([{ state: 'failed' }]);
    expect(host.leftovers()).toEqual([]);
  });

  it('text that is empty or too long is not sent', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    await expect(client.sendText(' ')).rejects.toMatchObject({ code: 'invalid_request' });
    await expect(client.sendText('x'.repeat(4_001))).rejects.toMatchObject({ code: 'text_too_long' });
    expect(host.bridge.count('POST')).toBe(1);
    expect(client.getSnapshot().transcript).toEqual([]);
    await client.disconnect();
  });

  it('[S-2.14] mutes the microphone by its track and the assistant by its element', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    client.setMuted(true);
    client.setSpeakerMuted(true);
    expect(host.microphone.tracks[0]?.enabled).toBe(false);
    expect(host.speakers[0]?.muted).toBe(true);
    expect(connection.heard).toEqual([{ type: 'mute', muted: true }]);
    expect(client.getSnapshot()).toMatchObject({ muted: true, microphone: 'muted', speakerMuted: true });
    await client.disconnect();
    await connect();
    expect(host.speakers[1]?.muted).toBe(true);
    await client.disconnect();
  });

  it('interrupts', async () => {
    const { client, connect } = setUpClient();
    client.interrupt();
    const connection = await connect();
    client.interrupt();
    expect(connection.heard).toEqual([{ type: 'interrupt' }]);
    await client.disconnect();
  });

  it('changes the microphone without a new negotiation, and remembers it', async () => {
    const { client, connect, host } = setUpClient();
    const connection = await connect();
    await client.setInputDevice('headset');
    expect(connection.tracks).toEqual([host.microphone.tracks[0], host.microphone.tracks[1]]);
    expect(host.bridge.count('POST')).toBe(1);
    await client.disconnect();
    await connect();
    expect(host.microphone.asked.map((each) => each.deviceId)).toEqual([null, 'headset', 'headset']);
    await client.disconnect();
    expect(host.leftovers()).toEqual([]);
  });

  it('asks for the microphone again when it was refused', async () => {
    const { client, connect, host } = setUpClient();
    host.microphone.refusal = 'microphone_denied';
    const connection = await connect();
    await expect(client.setInputDevice(null)).rejects.toMatchObject({ code: 'microphone_denied' });
    expect(client.getSnapshot().microphone).toBe('unavailable');
    host.microphone.refusal = null;
    await client.setInputDevice(null);
    expect(client.getSnapshot()).toMatchObject({ microphone: 'live', microphoneReason: null });
    expect(connection.tracks.at(-1)).toBe(host.microphone.tracks[0]);
    await client.disconnect();
  });

  it('a microphone that changes while connecting is the one that is sent', async () => {
    const { client, connection, host } = setUpClient();
    const connecting = client.connect();
    await settle();
    host.microphone.unplug();
    await settle();
    connection().join();
    await connecting;
    expect(connection().tracks.at(-1)).toBe(host.microphone.tracks[1]);
    await client.disconnect();
  });

  it('cleans the sound of the microphone unless told otherwise', async () => {
    const usual = setUpClient();
    await usual.connect();
    const raw = setUpClient({ microphone: { echoCancellation: false } });
    await raw.connect();
    expect(usual.host.microphone.asked[0]?.processing).toEqual({});
    expect(raw.host.microphone.asked[0]?.processing).toEqual({ echoCancellation: false });
  });

  it('changes where the assistant is heard, and remembers it', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    await expect(client.setOutputDevice('missing')).rejects.toMatchObject({ code: 'output_unavailable' });
    await client.setOutputDevice('headphones');
    expect(host.speakers[0]?.device).toBe('headphones');
    await client.disconnect();
    await connect();
    expect(host.speakers[1]?.device).toBe('headphones');
    await client.disconnect();
  });

  it('warns when the browser does not let the page play', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    const warnings: string[] = [];
    client.on('warning', (error) => warnings.push(error.code));
    host.speakers[0]?.block();
    expect(warnings).toEqual(['audio_blocked']);
    await client.disconnect();
  });

  it('[S-1.35] measures both directions on every frame and changes no snapshot', async () => {
    const { client, connect, host } = setUpClient();
    await connect();
    const [graph] = host.graphs;
    if (graph !== undefined) graph.levels = { input: 0.25, output: 0.5 };
    const before = client.getSnapshot();
    const levels: unknown[] = [];
    const stop = client.onLevel((level) => levels.push(level));
    host.paint();
    host.paint();
    stop();
    host.paint();
    expect(levels).toEqual([
      { input: 0.25, output: 0.5 },
      { input: 0.25, output: 0.5 },
    ]);
    expect(client.getSnapshot()).toBe(before);
    await client.disconnect();
    expect(client.inputLevel()).toBe(0);
  });
});
