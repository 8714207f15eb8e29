import { describe, expect, it } from 'vitest';
import { PacketBufferPool } from './packet-buffer.ts';
import { type DatagramSink, MAX_UNDER_WAY, PacketSender } from './packet-sender.ts';

/** Sends nothing until told: keeps the datagrams as the system would read them. */
class SlowSink implements DatagramSink {
  readonly queue: { readonly datagram: Uint8Array; readonly sent: () => void }[] = [];
  readonly delivered: number[][] = [];

  send(datagram: Uint8Array, sent: () => void): void {
    this.queue.push({ datagram, sent });
  }

  flush(): void {
    for (const { datagram, sent } of this.queue.splice(0)) {
      this.delivered.push([...datagram]);
      sent();
    }
  }
}

function sendBytes(sender: PacketSender, ...bytes: number[]): boolean {
  const buffer = sender.take();
  buffer?.bytes.set(bytes);
  if (buffer !== undefined) sender.send(buffer, bytes.length);
  return buffer !== undefined;
}

describe('PacketSender', () => {
  it('keeps packets of one turn apart: five sent at once arrive as five', () => {
    const sink = new SlowSink();
    const sender = new PacketSender(sink);
    for (let n = 1; n <= 5; n++) sendBytes(sender, n, n, n);
    sink.flush();
    expect(sink.delivered).toEqual([1, 2, 3, 4, 5].map((n) => [n, n, n]));
    expect(sender.dropped).toBe(0);
  });

  it('takes a buffer back that nothing was put in', () => {
    const sender = new PacketSender(new SlowSink());
    for (let n = 0; n < 3 * MAX_UNDER_WAY; n++) {
      const buffer = sender.take();
      if (buffer !== undefined) sender.discard(buffer);
    }
    expect(sender.dropped).toBe(0);
  });

  it('uses the same memory again once a datagram has left, whichever connection it is for', () => {
    const pool = new PacketBufferPool();
    const sink = new SlowSink();
    const [first, second] = [new PacketSender(sink, pool), new PacketSender(sink, pool)];
    const views = new Set<Uint8Array>();
    for (let n = 0; n < 1_000; n++) {
      sendBytes(n % 2 === 0 ? first : second, n & 0xff, 1);
      for (const { datagram } of sink.queue) views.add(datagram);
      sink.flush();
    }
    expect(views.size).toBe(1);
  });

  it('drops and counts what comes while too many are under way, and goes on when they have left', () => {
    const sink = new SlowSink();
    const sender = new PacketSender(sink);
    const taken = Array.from({ length: MAX_UNDER_WAY + 3 }, (_, n) => sendBytes(sender, n));
    expect(taken.filter((one) => one)).toHaveLength(MAX_UNDER_WAY);
    expect(sender.dropped).toBe(3);
    sink.flush();
    expect(sendBytes(sender, 1)).toBe(true);
    expect(sink.delivered).toHaveLength(MAX_UNDER_WAY);
  });

  it('takes a buffer back once, however often it is told that it left', () => {
    const pool = new PacketBufferPool();
    const sink: DatagramSink = {
      send: (_, sent) => {
        sent();
        sent();
      },
    };
    const sender = new PacketSender(sink, pool);
    for (let n = 0; n < 10; n++) sendBytes(sender, n);
    const buffers = Array.from({ length: 10 }, () => pool.take());
    expect(new Set(buffers).size).toBe(10);
  });

  it('counts what a closed path refuses, and loses no buffer to it', () => {
    const refusing: DatagramSink = {
      send: () => {
        throw new Error('Not running');
      },
    };
    const sender = new PacketSender(refusing);
    for (let n = 0; n < 3 * MAX_UNDER_WAY; n++) expect(sendBytes(sender, n)).toBe(true);
    expect(sender.dropped).toBe(3 * MAX_UNDER_WAY);
  });
});
