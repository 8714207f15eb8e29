import type { ModelOptions } from '@voice-bridge/bridge-node';
import { bridgePath } from '@voice-bridge/core';
import { toneText } from '@voice-bridge/local-realtime/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BridgeClient, BridgeRefusal } from '../../integration/support/bridge-client.ts';
import { type House, KEY, startHouse } from './model-house.ts';

const COUNTING =
  'one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen';
const CONVERSATION = 'legs';
/** One transparent pixel. */
const PICTURE =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
/** Reading tones takes its time: it is done now and then. */
const POLL = { interval: 250, timeout: 20_000 };
const PACKET_MS = 20;
/** One character of the scripted voice, in ms. */
const CHARACTER_MS = 50;

/** What holds for the speech model whichever way it is reached: through the whole bridge, against a server that answers from a script. */
export function modelLegContract(transport: NonNullable<ModelOptions['transport']>): void {
  let house: House;
  const clients: BridgeClient[] = [];

  beforeEach(async () => {
    house = await startHouse({ transport });
  });

  afterEach(() => leave());

  async function leave(): Promise<void> {
    for (const client of clients.splice(0)) await client.vanish();
    await house.bridge.close();
    await expect.poll(() => house.model.callCount).toBe(0);
    await house.close();
    expect(house.told.join('\n')).not.toContain(KEY);
  }

  async function moveTo(options: ModelOptions, greeting?: string): Promise<void> {
    await leave();
    house = await startHouse({ transport, ...options }, greeting);
  }

  async function connect(): Promise<BridgeClient> {
    const client = await BridgeClient.connect(house.url, CONVERSATION);
    clients.push(client);
    return client;
  }

  it('answers a typed line aloud, and the whole of it is heard as it was said [S-2.5] [S-2.12]', async () => {
    house.model.script([{ type: 'sentence', text: 'It is noon, and the sun shines.' }]);
    const client = await connect();
    client.send({ type: 'text', text: 'what time is it' });
    await client.waitFor('assistant', ({ state }) => state === 'speaking');
    await client.waitFor('assistant', ({ state }) => state === 'idle');
    expect(house.model.heard).toEqual(['what time is it']);
    await said(client, 'it is noon, and the sun shines.');
    expect(client.lastLine('assistant')).toBe('It is noon, and the sun shines.');
  });

  it('hears what is spoken, word for word [S-1.18]', async () => {
    house.model.script([{ type: 'sentence', text: 'Yes.' }]);
    const client = await connect();
    await client.microphone.say(toneText('is this the right way', { sampleRateHz: 16_000 }));
    await client.waitFor('transcript', ({ entry }) => entry.role === 'assistant' && entry.state === 'final');
    expect(house.model.heard).toEqual(['is this the right way']);
    expect(client.all('speech').map(({ state }) => state)).toEqual(['started', 'stopped']);
    await said(client, 'yes.');
  });

  it('speaks one answer after the other, at the pace of speech', async () => {
    house.model.script(
      [{ type: 'sentence', text: 'This is the first answer of the two.' }],
      [{ type: 'sentence', text: 'And this is the second.' }],
    );
    const client = await connect();
    client.send({ type: 'text', text: 'one' });
    await client.waitFor('assistant', ({ state }) => state === 'speaking');
    client.send({ type: 'text', text: 'two' });
    await said(client, 'this is the first answer of the two.and this is the second.');
    const [first] = client.packets;
    const tookMs = (client.packets.at(-1)?.at ?? 0) - (first?.at ?? 0);
    expect(tookMs).toBeGreaterThan(CHARACTER_MS * 55);
  });

  it('runs every tool call of a turn, slow, failing and unknown ones too, and answers once [S-1.20] [S-2.23]', async () => {
    house.model.script(
      [
        { type: 'function_call', name: 'wait', arguments: '{}' },
        { type: 'function_call', name: 'fail', arguments: '{}' },
        { type: 'function_call', name: 'nobody_knows', arguments: '{}' },
        { type: 'function_call', name: 'double', arguments: '{"number":21}' },
        { type: 'function_call', name: 'double', arguments: '{"number":"x"}' },
      ],
      [{ type: 'sentence', text: 'All done.' }],
    );
    const client = await connect();
    client.send({ type: 'text', text: 'do it all' });
    await client.until(
      () => client.all('tool_call').filter(({ tool_call: { state } }) => state !== 'running').length === 4,
      'four results',
    );
    expect(house.model.said).toEqual([]);
    house.waiting[0]?.('at last');
    await said(client, 'all done.');
    const results = house.model.toolResults.map((result) => /tool_[a-z_]+/.exec(result)?.[0] ?? result);
    expect(results.toSorted()).toEqual(['"at last"', '42', 'tool_failed', 'tool_invalid_arguments', 'tool_unknown']);
    expect(house.model.said).toEqual(['All done.']);
  });

  it('falls silent when the user speaks, and the model knows how much was heard [S-3.1]', async () => {
    house.model.script([{ type: 'sentence', text: COUNTING }], [{ type: 'sentence', text: 'Good.' }]);
    const client = await connect();
    client.send({ type: 'text', text: 'count' });
    await client.until(() => client.packets.length > 60, 'some numbers');
    const spoken = client.microphone.say(toneText('stop now', { sampleRateHz: 16_000 }));
    const started = await client.waitFor('speech', ({ state }) => state === 'started');
    const heardMs = client.packets.length * PACKET_MS;
    await spoken;
    await expect.poll(() => client.heardText(), POLL).toMatch(/good\.$/);
    const line = client.all('transcript').find(({ entry }) => entry.text.startsWith('one two'));
    expect(line?.entry.role).toBe('assistant');
    expect(client.all('transcript').findLast(({ entry }) => entry.id === line?.entry.id)?.entry.state).toBe(
      'interrupted',
    );
    const words = client.heardText().replace(/good\.$/, '');
    expect(COUNTING.startsWith(words.slice(0, -1))).toBe(true);
    expect(words.length * CHARACTER_MS - heardMs).toBeLessThanOrEqual(300);
    const kept = house.model.requests
      .at(-1)
      ?.items.flatMap((item) => (item.type === 'message' && item.role === 'assistant' ? [item.text] : []));
    const keptWords = kept?.[0]?.split(' ').length ?? 0;
    const share = words.length / COUNTING.length;
    expect(Math.abs(keptWords - share * COUNTING.split(' ').length)).toBeLessThanOrEqual(2);
    expect(started.at).toBeGreaterThan(0);
  });

  it('falls silent when a client says so, and speaks again when it is asked something else', async () => {
    house.model.script([{ type: 'sentence', text: COUNTING }], [{ type: 'sentence', text: 'I am here.' }]);
    const client = await connect();
    client.send({ type: 'text', text: 'count' });
    await client.until(() => client.packets.length > 40, 'some numbers');
    client.send({ type: 'interrupt' });
    await client.waitFor('assistant', ({ state }) => state === 'idle');
    client.send({ type: 'text', text: 'are you there' });
    // Of a tone that borders on the one that was cut, a busy machine may leave too little to be read.
    await expect.poll(() => client.heardText(), POLL).toMatch(/am here\.$/);
    expect(client.heardText().length).toBeLessThan(COUNTING.length / 2);
  });

  it('speaks first when it is told to, once somebody hears it, and only once [S-2.11]', async () => {
    await moveTo({}, 'Greet the caller.');
    house.model.script([{ type: 'sentence', text: 'Welcome to the house.' }]);
    const client = await connect();
    await said(client, 'welcome to the house.');
    await connect();
    expect(house.model.requests).toHaveLength(1);
    expect(JSON.stringify(house.model.requests[0]?.items)).toContain('Greet the caller.');
  });

  it('takes a turn when the button is released, and nothing of what was said before it was pressed', async () => {
    await moveTo({ turnDetection: null });
    house.model.script([{ type: 'sentence', text: 'Yes.' }]);
    const client = await connect();
    await client.microphone.say(toneText('this is for nobody', { sampleRateHz: 16_000 }));
    await client.microphone.say(new Int16Array(8_000));
    client.send({ type: 'clear' });
    await client.microphone.say(toneText('is this for you', { sampleRateHz: 16_000 }));
    client.send({ type: 'commit' });
    await said(client, 'yes.');
    expect(house.model.heard).toEqual(['is this for you']);
    expect(client.all('transcript').findLast(({ entry }) => entry.role === 'user')?.entry).toMatchObject({
      text: 'is this for you',
      participant_id: client.all('joined')[0]?.participant_id,
    });
  });

  it('listens as it is told to: a pause that is short enough ends no turn, and nothing is written down', async () => {
    await moveTo({ turnDetection: { type: 'server_vad', silence_duration_ms: 2_500 }, transcription: null });
    house.model.script([{ type: 'sentence', text: 'Yes.' }]);
    const client = await connect();
    await client.microphone.say(toneText('one half', { sampleRateHz: 16_000 }));
    await client.microphone.say(new Int16Array(16_000 * 1.5));
    await client.microphone.say(toneText('and the other', { sampleRateHz: 16_000 }));
    await said(client, 'yes.');
    expect(house.model.requests).toHaveLength(1);
    expect(client.all('speech').map(({ state }) => state)).toEqual(['started', 'stopped']);
    expect(client.all('transcript').filter(({ entry }) => entry.role === 'user' && entry.text !== '')).toEqual([]);
  });

  it('takes no commit where the model finds the end of a turn by itself', async () => {
    const client = await connect();
    client.send({ type: 'commit' });
    await expect.poll(() => house.told.join()).toContain('"code":"invalid_request"');
    expect(house.model.requests).toEqual([]);
  });

  it('is shown a picture with a question about it', async () => {
    house.model.script([{ type: 'sentence', text: 'A dot.' }]);
    const client = await connect();
    const sent = await post({ text: 'what is this', image_url: PICTURE });
    expect(sent.status).toBe(200);
    await said(client, 'a dot.');
    expect(house.model.heard.map((text) => text.trim())).toEqual(['what is this']);
    expect(client.lastLine('user')).toBe('what is this');
    const large = await post({ image_url: `data:image/png;base64,${'A'.repeat(60_100)}` });
    expect(large.status).toBe(transport === 'websocket' ? 200 : 413);
  });

  it('is refused in the words of the bridge when the key does not fit, and the key is in none of them [S-1.4]', async () => {
    await fault({ connect: { status: 401, times: 1 } });
    const refusal = await refusalOf(connect());
    expect(refusal.body).toContain('model_rejected');
    expect(refusal.body).not.toContain(KEY);
    await fault({ connect: { status: 429, times: 1 } });
    expect((await refusalOf(connect())).body).toContain('model_rate_limited');
    await fault({ connect: { status: 500, times: 1 } });
    expect((await refusalOf(connect())).body).toContain('model_unreachable');
  });

  it('gives up a model that does not answer in time', async () => {
    await moveTo({ connectTimeoutMs: 1_000 });
    await fault({ connect: { delayMs: 4_000, times: 1 } });
    expect((await refusalOf(connect())).body).toContain('connect_timeout');
  });

  it('says so when nobody is there', async () => {
    await house.model.close();
    expect((await refusalOf(connect())).body).toContain('model_unreachable');
  });

  it('tells its clients when the model hangs up in the middle of a sentence', async () => {
    house.model.script([{ type: 'sentence', text: COUNTING }]);
    const client = await connect();
    await fault({ drop: { afterMs: 200 } });
    client.send({ type: 'text', text: 'count' });
    expect(await client.waitFor('closed')).toMatchObject({ reason: 'model_closed', code: 'model_closed' });
    await expect.poll(() => house.bridge.sessions.list()).toEqual([]);
  });

  it('ends with the word for it when the session has lasted as long as it may', async () => {
    // It is also how long the connecting may take.
    await fault({ expireAfterMs: 5_000 });
    const client = await connect();
    expect(await client.waitFor('closed')).toMatchObject({ code: 'session_expired' });
  });

  it('passes over what it does not know, and what is no event at all', async () => {
    await fault({ insert: { before: 'response.done', event: 'unknown' } });
    house.model.script([{ type: 'sentence', text: 'One.' }], [{ type: 'sentence', text: 'Two.' }]);
    const client = await connect();
    client.send({ type: 'text', text: 'first' });
    await said(client, 'one.');
    await fault({ insert: { before: 'response.done', event: 'malformed' } });
    client.send({ type: 'text', text: 'second' });
    await said(client, 'one.two.');
  });

  function post(body: object): Promise<Response> {
    const headers = { 'content-type': 'application/json' };
    return fetch(`${house.url}${bridgePath(CONVERSATION)}/text`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    });
  }

  async function fault(plan: object): Promise<void> {
    await fetch(new URL('/__faults', house.model.url), { method: 'POST', body: JSON.stringify(plan) });
  }
}

/** Everything that was heard, word for word, once it is over. */
function said(client: BridgeClient, text: string): Promise<void> {
  return expect.poll(() => client.heardText(), POLL).toBe(text);
}

async function refusalOf(connecting: Promise<BridgeClient>): Promise<BridgeRefusal> {
  const refusal: unknown = await connecting.catch((error: unknown) => error);
  if (!(refusal instanceof BridgeRefusal)) throw new Error(`Not refused: ${String(refusal)}`);
  return refusal;
}
