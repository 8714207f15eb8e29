import { bytesToPcm16, CONTROL_CHANNEL_LABEL, pcm16ToBytes } from '@voice-bridge/core';
import { loadOpusCodec } from '@voice-bridge/media-node';
import { describe, expect, it } from 'vitest';
import { SessionBench } from '../testing/session-bench.ts';

const codec = await loadOpusCodec();
const WITHOUT_TRACK = { audio: false } as const;

describe('a client that offers a data channel and no audio', () => {
  it('is in the session when its channel is open, whatever the channel is called [S-1.9] [S-4.1]', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', { ...WITHOUT_TRACK, channels: ['audio'] });
    expect(bench.got('participantJoined')).toMatchObject([{ participantId: 'ada', transport: 'data_channel' }]);
    expect(ada.got('joined').at(0)).toMatchObject({ participants: [{ transport: 'data_channel' }] });
  });

  it('speaks in PCM16 at 24 kHz, cut anywhere, also in the middle of a sample [S-1.13] [S-4.11]', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', WITHOUT_TRACK);
    const spoken = pcm16ToBytes(tone(24_000));
    for (let at = 0; at < spoken.length; at += 961) {
      ada.sendRaw(spoken.slice(at, at + 961));
      await bench.pass(20);
    }
    expect(loudness(bench)).toBeGreaterThan(3_000);
  });

  it('hears the assistant as frames of 20 ms', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', WITHOUT_TRACK);
    bench.handle.send({ type: 'play', playId: 'one', samples: tone(12_000) });
    await bench.pass(700);
    expect(ada.pcm.length).toBeGreaterThanOrEqual(24);
    expect(new Set(ada.pcm.map(({ length }) => length))).toEqual(new Set([960]));
    expect(Math.max(...ada.pcm.flatMap((bytes) => [...bytesToPcm16(bytes)]))).toBeGreaterThan(5_000);
  });

  it('speaks no faster than time: what floods in is dropped, and the client stays', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', WITHOUT_TRACK);
    const second = pcm16ToBytes(tone(24_000));
    for (let index = 0; index < 1_000; index++) ada.sendRaw(second);
    await bench.pass(3_000);
    expect(bench.got('participantLeft')).toEqual([]);
    expect(loudSeconds(bench)).toBeLessThan(0.4);
  });

  it('loses no byte of the samples that follow a dropped half of one', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', WITHOUT_TRACK);
    for (let index = 0; index < 250; index++) ada.sendRaw(new Uint8Array(2));
    // A tone too soft to count, whose bytes in the wrong order are loud.
    const soft = pcm16ToBytes(Int16Array.from({ length: 12_000 }, (_, index) => (index % 16 < 8 ? 0x10 : 0x30)));
    ada.sendRaw(soft.slice(0, 1));
    for (let at = 1; at < soft.length; at += 960) {
      await bench.pass(20);
      ada.sendRaw(soft.slice(at, at + 960));
    }
    await bench.pass(200);
    expect(decoded(bench).length).toBeGreaterThan(20);
    expect(loudness(bench)).toBeLessThan(1_000);
  });

  it('on a channel that loses messages is not turned into noise by a lost half of a sample', async () => {
    const bench = await new SessionBench().open();
    bench.network.hasReliableChannels = false;
    const ada = await bench.join('ada', WITHOUT_TRACK);
    const soft = pcm16ToBytes(Int16Array.from({ length: 12_000 }, (_, index) => (index % 16 < 8 ? 0x10 : 0x30)));
    ada.sendRaw(soft.slice(0, 961));
    for (let at = 962; at < soft.length; at += 960) {
      await bench.pass(20);
      ada.sendRaw(soft.slice(at, at + 960));
    }
    await bench.pass(200);
    expect(decoded(bench).length).toBeGreaterThan(20);
    expect(loudness(bench)).toBeLessThan(1_000);
  });

  it('is gone like any other: by its word, or when it falls silent', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', WITHOUT_TRACK);
    await bench.join('bob', { ...WITHOUT_TRACK, pongs: false });
    await bench.pass(6_000);
    expect(bench.got('participantLeft')).toMatchObject([{ participantId: 'bob', reason: 'connection_lost' }]);
    ada.send({ type: 'leave' });
    await bench.settle();
    expect(bench.got('participantLeft')).toMatchObject([{}, { participantId: 'ada', reason: 'left' }]);
  });

  it('has one channel: a second one is closed, and one with a track keeps to the control channel', async () => {
    const bench = await new SessionBench().open();
    const ada = await bench.join('ada', { ...WITHOUT_TRACK, channels: ['one', 'two'] });
    const bob = await bench.join('bob', { channels: ['audio', CONTROL_CHANNEL_LABEL] });
    expect(ada.openChannels).toEqual(['one']);
    expect(bob.openChannels).toEqual([CONTROL_CHANNEL_LABEL]);
  });
});

function tone(samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, index) => Math.round(8_000 * Math.sin(index / 8)));
}

/** The loudest sample the model was sent. */
function loudness(bench: SessionBench): number {
  return Math.max(...decoded(bench).flatMap((frame) => [...frame]));
}

/** Seconds of sound that was not silence, as the model was sent it. */
function loudSeconds(bench: SessionBench): number {
  return decoded(bench).filter((frame) => frame.some((sample) => Math.abs(sample) > 1_000)).length / 50;
}

function decoded(bench: SessionBench): Int16Array[] {
  const decoder = codec.createDecoder(24_000);
  return bench.model.audio.map(({ payload }) => decoder.decode(payload));
}
