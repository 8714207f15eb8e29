import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { connectStockPeer, heardBy, type StockPeer } from '../../testing/stock-peer.ts';
import { MAX_CHANNEL_MESSAGE_BYTES, type MediaChannel } from '../media-connection.ts';
import { MAX_CHANNELS } from '../sctp-guard.ts';
import { SCTP_LIMITS } from '../sctp-limits.ts';

/** Flags of a DATA chunk that begins a message and does not end it (RFC 9260 section 3.3.1). */
const BEGINNING = 2;
/** The receive window that the library announces. */
const WINDOW_BYTES = 1_048_576;
/** Chunks that are sent before it is asked whether they were dealt with: so many wait in any socket's buffer. */
const AT_ONCE = 32;
/** Chunk types and their header, RFC 9260 section 3.2, and where a packet's first chunk begins. */
const [SACK, HEARTBEAT, HEARTBEAT_ACK, FIRST_CHUNK] = [3, 4, 5, 12];

let stock: StockPeer;
let rejections: unknown[] = [];
const onRejection = (reason: unknown) => rejections.push(reason);
beforeEach(async () => {
  rejections = [];
  process.on('unhandledRejection', onRejection);
  stock = await connectStockPeer();
});
afterEach(async () => {
  await stock.close();
  process.off('unhandledRejection', onRejection);
});

/** A DATA chunk of its own stream: `begin`, `end` or both of a message. */
function dataChunk(tsn: number, stream: number, flags: number, payload: Buffer): Buffer<ArrayBuffer> {
  const header = Buffer.alloc(16);
  header.writeUInt8(flags, 1);
  header.writeUInt16BE(16 + payload.length, 2);
  header.writeUInt32BE(tsn >>> 0, 4);
  header.writeUInt16BE(stream, 8);
  header.writeUInt32BE(51, 12);
  return Buffer.concat([header, payload, Buffer.alloc((4 - (payload.length % 4)) % 4)]);
}

/** Sends chunks as the peer's association would, with its ports, tag and checksum. */
async function sendChunks(chunks: Buffer<ArrayBuffer>): Promise<void> {
  const [type, flags] = [chunks.readUInt8(0), chunks.readUInt8(1)];
  const send: unknown = Reflect.get(stock.sctp, 'sendChunk');
  if (typeof send !== 'function') throw new TypeError('The association cannot send chunks');
  await Reflect.apply(send, stock.sctp, [{ type, flags, bytes: chunks }]);
}

/** Sends data chunks, and gives how many of them our end says it has taken. */
async function takenOf(chunks: readonly Buffer<ArrayBuffer>[]): Promise<number> {
  const { dataReceiver } = stock.dtls;
  const before = Number(Reflect.get(stock.sctp, 'localTsn')) - 1;
  let last = before;
  let answered = () => {};
  stock.dtls.dataReceiver = (packet) => {
    if (packet[FIRST_CHUNK] === SACK) last = packet.readUInt32BE(FIRST_CHUNK + 4);
    if (packet[FIRST_CHUNK] === HEARTBEAT_ACK) answered();
    dataReceiver(packet);
  };
  for (let at = 0; at < chunks.length; at += AT_ONCE) {
    for (const chunk of chunks.slice(at, at + AT_ONCE)) await sendChunks(chunk);
    const heartbeat = new Promise<void>((resolve) => {
      answered = resolve;
    });
    await sendChunks(Buffer.of(HEARTBEAT, 0, 0, 8, 0, 1, 0, 4));
    await heartbeat;
  }
  return (last - before) >>> 0;
}

/** Everything sent so far has been dealt with, and nothing of it ended or blocked the process. */
async function survived(): Promise<void> {
  expect(await heardBy(stock)).toEqual([]);
  await turn();
  expect(rejections).toEqual([]);
}

describe('a peer inside DTLS', () => {
  it('[W4] cannot end the process with malformed SCTP', async () => {
    for (const hex of ['00', '138813880000000000000000', '138813880000000000000000ff000004']) {
      await stock.dtls.sendData(Buffer.from(hex, 'hex'));
    }
    await stock.dtls.sendData(Buffer.from('garbage'));
    await sendChunks(Buffer.from('ff000004', 'hex'));
    await survived();
  });

  it('[W5] cannot end the process with a foreign payload protocol or an acknowledgement of no channel', async () => {
    await stock.sctp.send(stock.raw.id, 99, Buffer.from('what'), { ordered: true });
    await stock.sctp.send(stock.raw.id, 50, Buffer.of(99), { ordered: true });
    await stock.sctp.send(40, 50, Buffer.of(2), { ordered: true });
    await stock.sctp.send(40, 50, Buffer.of(3), { ordered: true });
    await stock.sctp.send(40, 51, Buffer.from('to nobody'), { ordered: true });
    await survived();
  });

  it('[W6] cannot block the process with a chunk or a parameter of no length', async () => {
    for (const hex of [
      '0b000000',
      '8200000c000d000001880000',
      '0400000800010000',
      `01000018${'00'.repeat(16)}c0000000`,
    ]) {
      await sendChunks(Buffer.from(hex, 'hex'));
    }
    await survived();
  });

  it('cannot keep us counting through acknowledgements of what was never sent', async () => {
    const gaps = 250;
    const sack = Buffer.alloc(16 + 4 * gaps);
    sack.writeUInt8(3, 0);
    sack.writeUInt16BE(sack.length, 2);
    sack.writeUInt32BE((Reflect.get(stock.sctp, 'lastReceivedTsn') ?? 0) >>> 0, 4);
    sack.writeUInt32BE(1_000_000, 8);
    sack.writeUInt16BE(gaps, 12);
    for (let at = 16; at < sack.length; at += 4) sack.writeUInt32BE(0x0002ffff, at);
    const cpu = process.cpuUsage();
    for (let n = 0; n < 20; n++) await sendChunks(sack);
    await survived();
    expect(process.cpuUsage(cpu).user / 1_000).toBeLessThan(1_000);
  });

  it.each([
    {
      of: 'one piece each, on any number of streams',
      pieces: 500,
      bytes: 1,
      streams: 500,
      most: SCTP_LIMITS.inboundStreams,
    },
    { of: 'many small pieces', pieces: 3_000, bytes: 1, streams: 1, most: SCTP_LIMITS.waitingChunks },
    { of: 'large pieces', pieces: 2_000, bytes: 1_000, streams: 1, most: WINDOW_BYTES / 1_000 + 1 },
  ])('cannot fill our memory with messages that never end, of $of', async ({ pieces, bytes, streams, most }) => {
    const next = Number(Reflect.get(stock.sctp, 'localTsn'));
    const taken = await takenOf(
      Array.from({ length: pieces }, (_, n) =>
        dataChunk(next + n, 100 + (n % streams), BEGINNING, Buffer.alloc(bytes)),
      ),
    );
    // Nothing of it is a whole message: what was taken is kept.
    expect(taken).toBeLessThanOrEqual(most);
    expect(taken).toBeGreaterThan(0.9 * most);
    expect(stock.connection.state.name).toBe('connected');
  });

  it('cannot open channels without end, nor ones with endless names', async () => {
    const opened: MediaChannel[] = [];
    stock.connection.on('channel', (channel) => opened.push(channel));
    stock.peer.createDataChannel('x'.repeat(1_000));
    for (let n = 0; n < 2 * MAX_CHANNELS; n++) stock.peer.createDataChannel(`${n}`);
    expect(await heardBy(stock)).toEqual([]);
    expect(opened).toHaveLength(MAX_CHANNELS - 1);
    expect(opened.every(({ label }) => label.length < 3)).toBe(true);
  });

  it('is not heard with a message that is too large', async () => {
    Reflect.set(stock.peer.sctpTransport ?? {}, 'remoteMaxMessageSize', 0);
    stock.raw.send(Buffer.alloc(MAX_CHANNEL_MESSAGE_BYTES + 1));
    await survived();
  });
});

describe('our DTLS records', () => {
  it('[X1] never carry a number twice, so that no first message is lost as a replay', async () => {
    const numbers: number[] = [];
    await stock.close();
    stock = await connectStockPeer({
      prepare: (peer) => {
        for (const { connection } of peer.iceTransports) {
          connection.onData.subscribe((datagram) => {
            const isRecord = datagram.length > 13 && (datagram[0] ?? 0) >= 20 && (datagram[0] ?? 0) < 64;
            if (isRecord && datagram.readUInt16BE(3) === 1) numbers.push(datagram.readUIntBE(5, 6));
          });
        }
      },
    });
    const echoed = new Promise<void>((resolve) => stock.raw.onMessage.subscribe((text) => text === '39' && resolve()));
    for (let n = 0; n < 40; n++) stock.channel.send(`${n}`);
    await echoed;
    expect(numbers.length).toBeGreaterThan(40);
    expect(new Set(numbers).size).toBe(numbers.length);
  });
});
