import { expect, it } from 'vitest';
import { FakeEventsLine } from '../../testing/fake-events-line.ts';
import { AppendQueue } from './append-queue.ts';

/** A queue into a line that has `bufferedAmount` bytes waiting, and the first sample of each frame that went out. */
function queueInto(line: FakeEventsLine) {
  const sent: number[] = [];
  let drops = 0;
  const events = {
    receive: () => {},
    send: (event: { type: string; audio?: string }) =>
      sent.push(Buffer.from(event.audio ?? '', 'base64').readInt16LE()) > 0,
  };
  const queue = new AppendQueue(line, events, () => drops++);
  const push = (from: number, to: number) => {
    for (let number = from; number < to; number++) queue.push(new Int16Array(480).fill(number));
  };
  return { queue, sent, push, drops: () => drops };
}

it('sends each frame at once while the line keeps up', () => {
  const { sent, push, queue } = queueInto(new FakeEventsLine());
  push(0, 5);
  expect(sent).toEqual([0, 1, 2, 3, 4]);
  expect(queue.droppedMs).toBe(0);
});

it('keeps one second while the line does not, drops the oldest, counts it and says so once', () => {
  const line = new FakeEventsLine();
  const { sent, push, queue, drops } = queueInto(line);
  line.bufferedAmount = 100_000;
  push(0, 60);
  expect([sent, queue.droppedMs, drops()]).toEqual([[], 200, 1]);
  line.bufferedAmount = 0;
  push(60, 61);
  expect(sent).toEqual(Array.from({ length: 51 }, (_, index) => index + 10));
  line.bufferedAmount = 100_000;
  push(61, 200);
  expect(drops()).toBe(1);
});
