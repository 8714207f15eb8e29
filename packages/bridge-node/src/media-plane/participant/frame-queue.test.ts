import { bytesToPcm16 } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import { FrameQueue } from './frame-queue.ts';

describe('frames on their way to a client', () => {
  it('leave at once, as little-endian PCM16', () => {
    const way = new Way();
    const queue = new FrameQueue(way);
    queue.push(Int16Array.of(1, -2), 0);
    expect(way.sent.map((bytes) => [...bytes])).toEqual([[1, 0, 254, 255]]);
  });

  it('wait while the client does not read: the newest 200 ms of them, in order', () => {
    const way = new Way();
    const queue = new FrameQueue(way);
    way.bufferedAmount = 10_000;
    for (let number = 0; number < 25; number++) queue.push(frame(number), number * 20);
    expect(way.sent).toEqual([]);
    expect(queue.dropped).toBe(15);
    way.bufferedAmount = 0;
    queue.push(frame(25), 500);
    expect(way.numbers()).toEqual([16, 17, 18, 19, 20, 21, 22, 23, 24, 25]);
  });

  it('are not sent when something else is being said by then', () => {
    const way = new Way();
    const queue = new FrameQueue(way);
    way.bufferedAmount = 10_000;
    queue.push(frame(1), 0);
    way.bufferedAmount = 0;
    queue.push(frame(2), 5_000);
    expect(way.numbers()).toEqual([2]);
  });
});

class Way {
  bufferedAmount = 0;
  readonly sent: Uint8Array[] = [];

  send(bytes: Uint8Array): void {
    this.sent.push(bytes);
  }

  numbers(): (number | undefined)[] {
    return this.sent.map((bytes) => bytesToPcm16(bytes)[0]);
  }
}

function frame(number: number): Int16Array {
  return new Int16Array(480).fill(number);
}
