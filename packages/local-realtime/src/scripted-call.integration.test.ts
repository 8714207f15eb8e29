import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import type { EngineScript } from './engines/scripted-engines.ts';
import { readToneText, toneText } from './engines/tone-text.ts';
import type { ServerSettings } from './server.ts';
import type { LocalRealtime } from './start-local-realtime.ts';
import { Callers, outline, quickSession, SPOKEN_ANSWER, USER_TURN } from './testing/call-fixture.ts';
import { sentence } from './testing/documented-order.ts';
import { startScriptedRealtime } from './testing/start-scripted-realtime.ts';

const LONG = 'These forty characters take two seconds.';
const tone = (ms: number) =>
  Int16Array.from({ length: ms * 16 }, (_, n) => 8_000 * Math.sin((2 * Math.PI * 400 * n) / 16_000));

const callers = new Callers();
let server: LocalRealtime | undefined;

afterEach(async () => {
  expect(await callers.close()).toEqual([]);
  await expect.poll(() => server?.callCount ?? 0).toBe(0);
  await server?.close();
  server = undefined;
});

async function call(script: EngineScript & ServerSettings, session = quickSession()) {
  server = await startScriptedRealtime(script);
  return callers.connect(server, { session });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}

describe('a call over WebRTC', () => {
  it('[S-2.8] hears a turn and answers it, every event in order', async () => {
    const client = await call({ turns: [[sentence('It is noon.')]] });
    await client.say(toneText('what time is it', { sampleRateHz: 16_000 }));
    await client.waitFor('output_audio_buffer.stopped');
    expect(outline(client)).toEqual(['session.created', ...USER_TURN, ...SPOKEN_ANSWER]);
    const [transcript] = client.all('conversation.item.input_audio_transcription.completed');
    expect(transcript?.transcript).toBe('what time is it');
    expect(readToneText(client.heard(), 16_000)).toBe('it is noon.');
  });

  it('paces its audio by the wall clock', async () => {
    const client = await call({ turns: [[sentence(LONG), sentence(LONG)]] });
    const askedAt = performance.now();
    client.send({ type: 'response.create' });
    await client.waitFor('output_audio_buffer.stopped');
    expect(client.packets).toHaveLength(200);
    const first = client.packets[0];
    const last = client.packets[199];
    if (first === undefined || last === undefined) throw new Error('No audio');
    // From the question on, as on a busy machine the first packet may be read late.
    expect(last.at - askedAt).toBeGreaterThanOrEqual(198 * 20);
    // A stall of this machine moves the rest back, sound and timestamps alike.
    const behind = client.packets.map(({ at, timestamp }) => at - ((timestamp - first.timestamp) >>> 0) / 48);
    expect(Math.abs(median(behind.slice(-50)) - median(behind.slice(0, 50)))).toBeLessThan(100);
    expect((last.sequenceNumber - first.sequenceNumber) & 0xffff).toBe(199);
  });

  it('[S-2.5] answers typed text, also in text alone', async () => {
    const client = await call({ turns: [[sentence('Hello.')], [sentence('Hello again.')]] });
    client.send({
      type: 'conversation.item.create',
      item: { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'hello' }] },
    });
    client.send({ type: 'response.create' });
    await client.waitFor('output_audio_buffer.stopped');
    expect(outline(client).slice(3)).toEqual(SPOKEN_ANSWER);
    client.send({ type: 'response.create', response: { output_modalities: ['text'] } });
    expect((await client.waitFor('response.output_text.done')).text).toBe('Hello again.');
  });

  it('[S-1.20] runs a tool call and answers its result', async () => {
    const colour = { type: 'function_call', name: 'set_lamp', arguments: '{"colour":"blue"}' } as const;
    const client = await call({ turns: [[colour], (request) => [sentence(`Result ${request.items.length}.`)]] });
    await client.say(tone(500));
    const { item } = await client.waitFor('response.output_item.done');
    if (item.type !== 'function_call') throw new Error(`A ${item.type}`);
    expect(item).toMatchObject({ status: 'completed', name: 'set_lamp', arguments: '{"colour":"blue"}' });
    await client.waitFor('response.done');
    const output = { type: 'function_call_output', call_id: item.call_id, output: '"done"' } as const;
    client.send({ type: 'conversation.item.create', item: output });
    client.send({ type: 'response.create' });
    expect((await client.waitFor('response.output_audio_transcript.done')).transcript).toBe('Result 3.');
  });

  it('[S-2.11] is interrupted by speech, and says how much was heard', async () => {
    const client = await call({ turns: [[sentence(LONG), sentence(LONG), sentence(LONG)]] });
    client.send({ type: 'response.create' });
    await client.until(() => client.packets.length >= 50, 'a second of audio');
    const speaking = client.say(tone(600));
    await client.waitFor('input_audio_buffer.speech_started');
    expect((await client.waitFor('response.done')).response).toMatchObject({
      status: 'cancelled',
      status_details: { reason: 'turn_detected' },
    });
    await client.waitFor('output_audio_buffer.cleared');
    const clearedAt = client.events.at(-1)?.at ?? 0;
    const { audio_end_ms: heardMs } = await client.waitFor('conversation.item.truncated');
    await speaking;
    const late = client.packets.filter(({ at }) => at > clearedAt + 100);
    expect(late).toEqual([]);
    expect(Math.abs(client.packets.length * 20 - heardMs)).toBeLessThanOrEqual(60);
  });

  it('[S-2.11] commits the turn of a microphone that dies mid-word', async () => {
    const client = await call({ turns: [[sentence('Yes.')]] });
    const speaking = client.say(tone(5_000));
    await client.waitFor('input_audio_buffer.speech_started');
    client.microphone.stop();
    await speaking;
    await client.waitFor('input_audio_buffer.committed');
    await client.until(() => client.packets.length > 0, 'an answer');
  });

  it('takes a bare offer with a minted key and that key’s session', async () => {
    server = await startScriptedRealtime({ turns: [] });
    const session = { type: 'realtime', instructions: 'Minted.' };
    const headers = { authorization: 'Bearer test', 'content-type': 'application/json' };
    const request = { method: 'POST', headers, body: JSON.stringify({ session }) };
    const minted: unknown = await (await fetch(`${server.url}/realtime/client_secrets`, request)).json();
    const apiKey = String(Object(minted).value);
    const client = await callers.connect(server, { apiKey });
    expect(client.all('session.created')[0]?.session).toMatchObject({ instructions: 'Minted.' });
  });

  it('refuses what it cannot read, and goes on', async () => {
    const client = await call({ turns: [] });
    client.sendText('{');
    expect((await client.waitFor('error')).error.code).toBe('invalid_json');
    client.sendText('{"type":"no.such.event","event_id":"mine"}');
    expect((await client.waitFor('error')).error).toMatchObject({ code: 'invalid_value', event_id: 'mine' });
    client.send({ type: 'session.update', session: { type: 'realtime', tracing: 'auto' } });
    await client.waitFor('session.updated');
  });
});

describe('the end of a call', () => {
  it('comes with the hang-up, for both sides', async () => {
    const client = await call({ turns: [[sentence(LONG)]] });
    client.send({ type: 'response.create' });
    await client.until(() => client.packets.length > 0, 'audio');
    expect((await client.hangUp()).status).toBe(200);
    expect(server?.callCount).toBe(0);
    await client.until(() => client.state === 'closed', 'the end');
    expect((await client.hangUp()).status).toBe(404);
  });

  it('comes when the caller goes', async () => {
    const client = await call({ turns: [[sentence(LONG)]] });
    client.send({ type: 'response.create' });
    await client.until(() => client.packets.length > 0, 'audio');
    await client.close();
    await expect.poll(() => server?.callCount).toBe(0);
  });

  it('is told before it comes when the session expires', async () => {
    const clock = new ManualClock();
    const client = await call({ turns: [], maxSessionMinutes: 1, clock });
    clock.advance(60_000);
    expect((await client.waitFor('error')).error.code).toBe('session_expired');
    clock.advance(1_000);
    await client.until(() => client.state === 'closed', 'the end');
  });

  it('comes for every call with the server, and nothing is left', async () => {
    await expect.poll(resources).toEqual([]);
    const house = await startScriptedRealtime({ turns: [[sentence(LONG)], [sentence(LONG)]] });
    const clients = await Promise.all([1, 2].map(() => callers.connect(house, { session: quickSession() })));
    for (const client of clients) client.send({ type: 'response.create' });
    await Promise.all(clients.map((client) => client.until(() => client.packets.length > 5, 'audio')));
    await house.close();
    expect(house.callCount).toBe(0);
    await Promise.all(clients.map((client) => client.until(() => client.state === 'closed', 'the end')));
    await callers.close();
    await expect.poll(resources).toEqual([]);
  });
});

/** Sockets and servers this process holds open. */
function resources(): string[] {
  return process.getActiveResourcesInfo().filter((name) => /UDP|TCPServer/.test(name));
}
