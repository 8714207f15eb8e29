import { type InboundAudio, OPUS_SILENCE, type OutboundAudio } from '@voice-bridge/media-node';
import { describe, expect, it } from 'vitest';
import { Downlink, STALE_MS } from './downlink.ts';

/** The second byte of a packet of silence. */
const SILENT = OPUS_SILENCE[1];

describe('the downlink', () => {
  it('hands every packet to every listener, each on a line of its own [S-1.19]', () => {
    const { downlink, listen } = bench();
    const first = listen('a');
    downlink.push(audio(1), 0);
    const second = listen('b');
    downlink.push(audio(2), 20);
    expect(first.map(summary)).toEqual([
      [100, 1],
      [101, 2],
    ]);
    expect(second.map(summary)).toEqual([[200, 2]]);
  });

  it('warms a listener up once with silence that the first word follows on the same line, marked [S-2.7]', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.warmUp('a', 0);
    downlink.warmUp('a', 20);
    downlink.push(audio(7), 1_000);
    expect(heard.map(({ sequenceNumber, marker }) => [sequenceNumber, marker])).toEqual([
      [100, true],
      [101, true],
    ]);
    expect(heard[0]?.payload).toEqual(OPUS_SILENCE);
    expect(heard[1]?.timestamp).toBe((heard[0]?.timestamp ?? 0) + 1_000 * 48);
  });

  it('warms nobody up in the middle of an answer', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.push(audio(1), 0);
    downlink.warmUp('a', 10);
    downlink.push(audio(2), 20);
    expect(heard.map(summary)).toEqual([
      [100, 1],
      [101, 2],
    ]);
  });

  it('sends a listener that left nothing more', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.remove('a');
    downlink.push(audio(1), 0);
    expect(heard).toEqual([]);
  });

  it('keeps losses and reordering of the model visible', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    for (const number of [1, 2, 5, 4]) downlink.push(audio(number), number * 20);
    expect(heard.map(summary)).toEqual([
      [100, 1],
      [101, 2],
      [104, 5],
      [103, 4],
    ]);
  });

  it('drops what is still under way of an answer the model dropped [S-2.8]', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.push(audio(1), 0);
    downlink.flush(20);
    downlink.push(audio(2), 20);
    downlink.push(audio(3), 20 + STALE_MS - 1);
    expect(heard.map(summary)).toEqual([
      [100, 1],
      [101, SILENT],
    ]);
  });

  it('ends a dropped answer with silence, and joins the next without a gap in the numbers, marked, in wall-clock time', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.push(audio(1), 0);
    downlink.flush(20);
    downlink.push(audio(2), 20);
    downlink.push(audio(3), 40);
    downlink.resume();
    downlink.push(audio(4), 60);
    expect(heard.map(summary)).toEqual([
      [100, 1],
      [101, SILENT],
      [102, 4],
    ]);
    expect(heard[2]).toMatchObject({ marker: true, timestamp: (heard[0]?.timestamp ?? 0) + 60 * 48 });
  });

  it('lets audio through again after a while even when the model never says that it begins', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.flush(0);
    downlink.push(audio(1), STALE_MS);
    expect(heard).toHaveLength(1);
  });

  it('does not disturb the line when nothing was under way', () => {
    const { downlink, listen } = bench();
    const heard = listen('a');
    downlink.push(audio(1), 0);
    downlink.flush(500);
    downlink.push(audio(2), 500 + STALE_MS);
    downlink.push(audio(3), 520 + STALE_MS);
    expect(heard.map(summary)).toEqual([
      [100, 1],
      [101, 2],
      [102, 3],
    ]);
  });
});

function bench() {
  let starts = 0;
  const downlink = new Downlink(() => {
    starts++;
    return { sequenceNumber: starts * 100, timestamp: 0 };
  });
  const listen = (participantId: string) => {
    const heard: OutboundAudio[] = [];
    downlink.add(participantId, (packet) => heard.push({ ...packet }));
    return heard;
  };
  return { downlink, listen };
}

function audio(number: number): InboundAudio {
  const payload = Uint8Array.of(0xf8, number, 1, 1);
  return { ssrc: 9, sequenceNumber: number, timestamp: number * 960, marker: false, payload };
}

function summary({ sequenceNumber, payload }: OutboundAudio): (number | undefined)[] {
  return [sequenceNumber, payload[1]];
}
