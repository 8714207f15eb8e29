import { once } from 'node:events';
import {
  CLOSE_CODES,
  ENDPOINTS,
  MAX_PCM_MESSAGE_BYTES,
  parseJson,
  pcm16ToBytes,
  type SpeechStarted,
  speechStartedSchema,
} from '@voice-bridge/core';
import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import WebSocket from 'ws';
import type { VoiceBridgeOptions } from '../../options.ts';
import { AudioLine, LINE_CREDIT } from '../../seam/audio-line.ts';
import { openBridge } from '../../testing/ask.ts';
import { createTestBridge } from '../../testing/create-test-bridge.ts';
import { FakeSessionHost, type FakeSessionHostOptions } from '../../testing/fake-session-host.ts';
import { listen } from './listen.ts';
import { REAUTHORIZE_MS } from './reauthorize.ts';
import { START_MS } from './speech-client.ts';
import { STALL_MS } from './speech-line.ts';
import { PING_MS } from './web-socket-server.ts';

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const START = '{"type":"start"}';
const FRAME = pcm16ToBytes(Int16Array.from({ length: 480 }, (_, index) => index));

describe('speech over a WebSocket', () => {
  it('[S-3.10] starts in a session of its own, and is told where it is before anything else', async () => {
    const { host, dial } = await start();
    const ada = await dial(
      '{"type":"start","name":"Ada","role":"listener","voice":"cedar","system_prompt":"Be brief."}',
    );
    const started = await ada.started();
    expect(host.last.options).toMatchObject({ sessionId: started.session_id, conversationId: started.conversation_id });
    expect(host.last.options.upstream).toMatchObject({ voice: 'cedar', instructions: 'Be brief.' });
    expect(host.last.told('joinPcm')).toMatchObject([
      { participantId: started.participant_id, name: 'Ada', role: 'listener', textLength: 4_000 },
    ]);
  });

  it('joins the session that its conversation has', async () => {
    const { host, bridge, dial } = await start();
    await openBridge(bridge, 'kitchen');
    const ada = await dial('{"type":"start","conversation_id":"kitchen"}');
    expect(await ada.started()).toMatchObject({ conversation_id: 'kitchen' });
    expect(host.sessions).toHaveLength(1);
  });

  it('[S-1.17] carries PCM16 and control messages both ways; an odd byte is carried over', async () => {
    const { dial, lineOf } = await start();
    const ada = await dial(START);
    const session = lineOf(await ada.started());
    const sent = Uint8Array.of(1, 2, 3, 4, 5, 6);
    for (const piece of [sent.subarray(0, 3), sent.subarray(3, 4), sent.subarray(4)]) ada.socket.send(piece);
    ada.socket.send('{"type":"interrupt"}');
    await expect.poll(() => session.heard).toEqual([[1, 2], [3, 4], [5, 6], '{"type":"interrupt"}']);
    session.line.sendControl('{"type":"joined"}');
    session.line.sendAudio(Uint8Array.of(9, 8));
    await expect.poll(() => ada.messages.slice(1)).toEqual(['{"type":"joined"}', [9, 8]]);
  });

  it('begins with sound, too: the newest 200 ms of it wait for the session', async () => {
    const { dial, lineOf } = await start();
    const ada = await dial();
    for (let index = 0; index < 15; index++) ada.socket.send(FRAME);
    const session = lineOf(await ada.started());
    ada.socket.send('{"type":"interrupt"}');
    await expect.poll(() => session.heard.at(-1)).toBe('{"type":"interrupt"}');
    expect(session.heardBytes()).toBeGreaterThanOrEqual(10 * FRAME.length);
    expect(session.heardBytes()).toBeLessThanOrEqual(15 * FRAME.length);
  });

  it('drops what the session is too far behind to take', async () => {
    const { dial, lineOf } = await start();
    const ada = await dial(START);
    const session = lineOf(await ada.started(), new Promise(() => {}));
    for (let index = 0; index < 25; index++) ada.socket.send(FRAME);
    ada.socket.send('{"type":"interrupt"}');
    await expect.poll(() => session.heard.at(-1)).toBe('{"type":"interrupt"}');
    expect(session.heardBytes()).toBe(LINE_CREDIT * FRAME.length);
  });

  it('leaves when the client goes', async () => {
    const { dial, lineOf } = await start();
    const ada = await dial(START);
    const session = lineOf(await ada.started());
    ada.socket.close();
    await expect.poll(() => session.line.open).toBe(false);
  });

  it('gives up the session that is being opened for a client who goes', async () => {
    const { host, dial } = await start({}, { model: 'hangs' });
    const ada = await dial(START);
    await expect.poll(() => host.sessions).toHaveLength(1);
    ada.socket.close();
    await expect.poll(() => host.live).toEqual([]);
  });

  it.each([
    ['replaced', CLOSE_CODES.replaced],
    ['kicked', CLOSE_CODES.forbidden],
    ['shutting_down', CLOSE_CODES.going_away],
    ['failed', CLOSE_CODES.internal],
    ['left', CLOSE_CODES.normal],
  ])('ends after the word that its part was %s', async (reason, code) => {
    const { dial, lineOf } = await start();
    const ada = await dial(START);
    const { line } = lineOf(await ada.started());
    const farewell = JSON.stringify({ type: 'closed', reason });
    line.sendControl(farewell);
    line.close();
    expect(await ada.closed).toBe(code);
    expect(ada.messages.at(-1)).toBe(farewell);
  });

  it('[S-3.10] is cut off with 1013 when nothing of what waits for it moves for ten seconds', async () => {
    const { clock, dial, lineOf } = await start();
    const ada = await dial(START);
    const { line } = lineOf(await ada.started());
    ada.socket.pause();
    await isFull(line);
    clock.advance(STALL_MS - 1);
    expect(line.open).toBe(true);
    clock.advance(1);
    ada.socket.resume();
    expect(await ada.closed).toBe(CLOSE_CODES.slow_consumer);
    await expect.poll(() => line.open).toBe(false);
  });

  it.each([
    ['no JSON', 'hello'],
    ['something else than start', '{"type":"interrupt"}'],
    ['a field that nobody knows', '{"type":"start","agent":"x"}'],
    ['a conversation that is no id', '{"type":"start","conversation_id":"a b"}'],
  ])('is refused with 4422 for %s', async (_name, message) => {
    const { dial, host } = await start();
    const { closed } = await dial(message);
    expect(await closed).toBe(CLOSE_CODES.invalid_message);
    expect(host.sessions).toEqual([]);
  });

  it('is cut off when it says nothing for ten seconds, and with 1009 when it says too much at once', async () => {
    const { clock, dial } = await start();
    const silent = await dial();
    await expect.poll(() => clock.pending).toBeGreaterThan(0);
    clock.advance(START_MS);
    expect(await silent.closed).toBe(CLOSE_CODES.invalid_message);
    const loud = await dial(START);
    loud.socket.send(new Uint8Array(MAX_PCM_MESSAGE_BYTES + 1));
    expect(await loud.closed).toBe(1009);
  });

  it('asks for the scope to join, and for a conversation that is its own', async () => {
    const authorize = (request: Request) => {
      const name = request.headers.get('authorization');
      if (name === 'Bearer reader') return { subject: 'r', conversations: 'any', scopes: ['read'] } as const;
      return { subject: 'a', conversations: ['kitchen'] };
    };
    const { dial } = await start({ authorize });
    const token = (name: string) => ['voice-bridge.v1', `voice-bridge.token.${name}`];
    expect(await (await dial(START, token('reader'))).closed).toBe(CLOSE_CODES.forbidden);
    expect(await (await dial(START, token('ann'))).closed).toBe(CLOSE_CODES.forbidden);
    const mine = await dial('{"type":"start","conversation_id":"kitchen"}', token('ann'));
    expect(await mine.started()).toMatchObject({ conversation_id: 'kitchen' });
  });

  it('is over for who loses the conversation, within a minute', async () => {
    let conversations = ['kitchen'];
    const { clock, dial, lineOf } = await start({ authorize: () => ({ subject: 'ann', conversations }) });
    const ada = await dial('{"type":"start","conversation_id":"kitchen"}');
    const session = lineOf(await ada.started());
    conversations = ['cellar'];
    for (let signs = 1; signs * PING_MS < REAUTHORIZE_MS; signs++) {
      await clock.advanceAsync(PING_MS);
      ada.socket.send('{"type":"interrupt"}');
      await expect.poll(() => session.heard.length).toBe(signs);
    }
    await clock.advanceAsync(PING_MS);
    expect(await ada.closed).toBe(CLOSE_CODES.not_found);
    await expect.poll(() => session.line.open).toBe(false);
  });
});

async function start(options: VoiceBridgeOptions = {}, hostOptions: FakeSessionHostOptions = {}) {
  const clock = new ManualClock();
  const host = new FakeSessionHost(hostOptions);
  const bridge = createTestBridge({ authorize: 'open', ...options }, { host, clock });
  const server = await listen(bridge, { port: 0 });
  cleanups.push(() => server.close());
  const lineOf = ({ participant_id: id }: SpeechStarted, taken?: Promise<void>) => {
    const joined = host.sessions.flatMap((session) => session.told('joinPcm'));
    const port = joined.find(({ participantId }) => participantId === id)?.port;
    if (port === undefined) throw new TypeError('Nobody joined');
    const heard: (number[] | string)[] = [];
    const line = new AudioLine(port, {
      onAudio: (bytes) => {
        heard.push([...bytes]);
        return taken;
      },
      onControl: (text) => heard.push(text),
      onClose: () => {},
    });
    cleanups.push(() => line.close());
    const heardBytes = () => heard.reduce((sum, item) => sum + (typeof item === 'string' ? 0 : item.length), 0);
    return { line, heard, heardBytes };
  };
  const dial = async (first?: string, protocols: string[] = []) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}${ENDPOINTS.speech}`, protocols);
    cleanups.push(() => socket.terminate());
    const messages: (number[] | string)[] = [];
    socket.on('message', (data, isBinary) => {
      messages.push(isBinary && Buffer.isBuffer(data) ? [...data] : String(data));
    });
    socket.on('error', () => {});
    const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
    await once(socket, 'open');
    if (first !== undefined) socket.send(first);
    const started = async () => {
      await expect.poll(() => messages.length).toBeGreaterThan(0);
      const parsed = parseJson(speechStartedSchema, String(messages[0]), 1_000);
      if (!parsed.ok) throw new TypeError(`${String(messages[0])}: ${parsed.problem}`);
      return parsed.value;
    };
    return { socket, messages, closed, started };
  };
  return { clock, host, bridge, dial, lineOf };
}

/** Sends until the network takes no more: then there is no credit left for a while. */
async function isFull(line: AudioLine): Promise<void> {
  let times = 0;
  await expect
    .poll(() => {
      times = line.underWay === LINE_CREDIT ? times + 1 : 0;
      while (line.sendAudio(new Uint8Array(60_000)));
      return times;
    })
    .toBeGreaterThan(4);
}
