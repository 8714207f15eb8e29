import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { bytesToPcm16, parseServerControl, pcm16ToBytes, type ServerControlMessage } from '@voice-bridge/core';
import { loadOpusCodec } from '@voice-bridge/media-node';
import { afterEach, describe, expect, it } from 'vitest';
import { AudioLine } from '../../seam/audio-line.ts';
import { profileOf } from '../testing/fake-client.ts';
import { SessionBench } from '../testing/session-bench.ts';

const codec = await loadOpusCodec();
const lines: AudioLine[] = [];
afterEach(() => {
  for (const line of lines.splice(0)) line.close();
});

describe('a participant over a line of PCM', () => {
  it('is in the session at once, and told so', async () => {
    const bench = await new SessionBench().open();
    const ada = await join(bench);
    expect(bench.got('participantJoined')).toMatchObject([{ participantId: 'ada', transport: 'websocket' }]);
    expect(ada.told.map(({ type }) => type)).toContain('joined');
  });

  it('speaks and hears PCM, by the clock of the session', async () => {
    const bench = await new SessionBench().open();
    const ada = await join(bench);
    bench.handle.send({ type: 'play', playId: 'one', samples: tone(12_000) });
    for (let index = 0; index < 50; index++) {
      ada.line.sendAudio(pcm16ToBytes(tone(480)));
      await pass(bench, 20);
    }
    const decoder = codec.createDecoder(24_000);
    const sent = bench.model.audio.flatMap(({ payload }) => [...decoder.decode(payload)]);
    expect(Math.max(...sent)).toBeGreaterThan(5_000);
    expect(ada.heard.length).toBeGreaterThanOrEqual(24);
    expect(Math.max(...ada.heard.flatMap((bytes) => [...bytesToPcm16(bytes)]))).toBeGreaterThan(5_000);
  });

  it('types no more than it may, is refused what is no message, and leaves by its word', async () => {
    const bench = await new SessionBench().open();
    const ada = await join(bench, { textLength: 5 });
    for (const text of ['{"type":"text","text":"hello"}', '{"type":"text","text":"longer"}', 'junk']) {
      ada.line.sendControl(text);
    }
    await pass(bench, 0);
    expect(bench.model.got('conversation.item.create')).toHaveLength(1);
    expect(ada.told.flatMap((message) => (message.type === 'error' ? [message.code] : []))).toEqual([
      'text_too_long',
      'invalid_message',
    ]);
    ada.line.sendControl('{"type":"leave"}');
    await pass(bench, 0);
    expect(bench.got('participantLeft')).toMatchObject([{ participantId: 'ada', reason: 'left' }]);
    expect(ada.told.at(-1)).toMatchObject({ type: 'closed' });
    expect(ada.line.open).toBe(false);
  });

  it('has left when its line ends', async () => {
    const bench = await new SessionBench().open();
    const ada = await join(bench);
    ada.line.close();
    await pass(bench, 0);
    expect(bench.got('participantLeft')).toMatchObject([{ participantId: 'ada', reason: 'left' }]);
  });

  it('hears the newest 200 ms when it did not keep up', async () => {
    const bench = await new SessionBench().open();
    const ada = await join(bench, { stalls: true });
    bench.handle.send({ type: 'play', playId: 'one', samples: tone(48_000) });
    for (let index = 0; index < 75; index++) await pass(bench, 20);
    expect(ada.heard).toHaveLength(10);
    ada.goOn();
    for (let index = 0; index < 5; index++) await pass(bench, 20);
    // What was under way, what waited, and what came since: the rest of the second and a half was dropped.
    expect(ada.heard.length).toBeGreaterThan(20);
    expect(ada.heard.length).toBeLessThan(30);
  });
});

interface Joined {
  readonly line: AudioLine;
  readonly told: ServerControlMessage[];
  readonly heard: Uint8Array[];
  readonly goOn: () => void;
}

async function join(bench: SessionBench, options: { textLength?: number; stalls?: boolean } = {}): Promise<Joined> {
  const { port1, port2 } = new MessageChannel();
  const told: ServerControlMessage[] = [];
  const heard: Uint8Array[] = [];
  let goOn: () => void = () => {};
  const released = options.stalls ? new Promise<void>((resolve) => (goOn = resolve)) : undefined;
  const line = new AudioLine(port1, {
    onAudio: (bytes) => {
      heard.push(bytes);
      return released;
    },
    onControl: (text) => {
      const parsed = parseServerControl(text);
      if (parsed.ok) told.push(parsed.value);
    },
    onClose: () => {},
  });
  lines.push(line);
  bench.handle.send({ type: 'joinPcm', participantId: 'ada', port: port2, ...profileOf(options) });
  await pass(bench, 0);
  return { line, told, heard, goOn };
}

/** Lets time pass, and every message through that was sent until then. */
async function pass(bench: SessionBench, ms: number): Promise<void> {
  await bench.pass(ms);
  await roundTrip();
  await bench.pass(0);
  await roundTrip();
}

/** Ports are served in turn: when these are through, so are those before them. */
async function roundTrip(): Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const arrived = new Promise((resolve) => port2.once('message', resolve));
  port1.postMessage('');
  await arrived;
  closeBoth(port1, port2);
}

function closeBoth(...ports: MessagePort[]): void {
  for (const port of ports) port.close();
}

function tone(samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, index) => Math.round(8_000 * Math.sin(index / 8)));
}
