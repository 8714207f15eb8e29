import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setTimeout as passed } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { signedStun } from '../../testing/signed-stun.ts';
import { connectStockPeer, heardBy, recordsOf, type StockPeer } from '../../testing/stock-peer.ts';
import type { MediaConnectionState } from '../media-connection.ts';

const closing: { close(): unknown }[] = [];
afterEach(() => Promise.all(closing.splice(0).map((each) => each.close())));

async function connected(role: 'client' | 'server' = 'client'): Promise<StockPeer> {
  const stock = await connectStockPeer({ role });
  closing.push(stock);
  return stock;
}

/** Anybody on the network, at an address of their own. */
async function stranger({ address }: StockPeer) {
  const socket = createSocket(isIPv6(address.host) ? 'udp6' : 'udp4');
  closing.push(socket);
  const answers: Buffer[] = [];
  const answered = new Promise<Buffer>((resolve) => {
    socket.on('message', (datagram) => {
      answers.push(datagram);
      resolve(datagram);
    });
  });
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const send = (datagram: Buffer) =>
    new Promise<void>((resolve, reject) =>
      socket.send(datagram, address.port, address.host, (error) => (error === null ? resolve() : reject(error))),
    );
  return { send, answers, answered };
}

function ended({ connection }: StockPeer): Promise<MediaConnectionState> {
  return new Promise((resolve) => connection.on('stateChanged', resolve));
}

const hex = (digits: string) => Buffer.from(digits.replaceAll(' ', ''), 'hex');

describe('a stranger on the network', () => {
  it('[W1] blocks nobody with a header extension that claims more than there is', async () => {
    const stock = await connected();
    const { send } = await stranger(stock);
    const packet = Buffer.alloc(53, hex('10ff'));
    hex('b0600001 00000001 0000040b bede5201').copy(packet);
    const longest = Buffer.from(packet);
    longest.writeUInt16BE(0xffff, 14);
    for (const each of [packet, longest]) {
      await send(each);
      await stock.send(each);
    }
    expect(await heardBy(stock)).toEqual([]);
  });

  it('[W2] is not heard, even with words of the peer', async () => {
    const stock = await connected();
    const { send } = await stranger(stock);
    const [abort = Buffer.alloc(0)] = await recordsOf(stock, () => stock.sctp.abort());
    await send(abort);
    expect(await heardBy(stock)).toEqual([]);
    const end = ended(stock);
    await stock.send(abort);
    expect(await end).toMatchObject({ name: 'closed', error: { code: 'connection_lost' } });
  });

  it.each(['client', 'server'] as const)(
    '[W3] ends nothing with unprotected DTLS records from the address of the peer, it being the DTLS %s',
    async (role) => {
      const stock = await connected(role);
      const { send } = await stranger(stock);
      const clientHello = hex(
        `16feff 0000 000000000009 0036 01 00002a 0000 000000 00002a fefd ${'11'.repeat(32)} 00 00 0002 c02b 01 00`,
      );
      for (const record of [
        hex('15fefd 0000 000000000000 0002 0100'),
        hex('15fefd 0000 000000000001 0002 0228'),
        hex('63fefd 0000 000000000002 0002 0100'),
        hex('14fefd 0000 000000000003 0001 01'),
        hex('17fefd 0000 000000000004 0004 01020304'),
        hex('16fefd 0000 000000000005 000c 00 000000 0000 000000 000000'),
        hex('15fefd 0000 000000000006 ffff 0100'),
        clientHello,
      ]) {
        await send(record);
        await stock.send(record);
      }
      expect(await heardBy(stock)).toEqual([]);
    },
  );

  it.each(['client', 'server'] as const)(
    '[W20] ends nothing with an alert under a key it does not have, the peer being the DTLS %s',
    async (role) => {
      const stock = await connected(role);
      for (const description of ['01 00', '02 28', '00 01']) {
        await stock.send(hex(`15fefd 0001 000000000078 0020 ${description} ${'aa'.repeat(30)}`));
      }
      await stock.send(hex(`15fefd 0001 000000000078 0002 0100`));
      expect(await heardBy(stock)).toEqual([]);
    },
  );

  it('[W10] gets no answer and becomes nobody by unsigned checks: 0 bytes out for each byte in', async () => {
    const stock = await connected();
    const { localUsername, localPassword, remoteUsername } = iceOf(stock);
    const ours = `${remoteUsername}:${localUsername}`;
    const unsigned = [
      { username: ours },
      { username: ours, password: localPassword },
      { username: ours, password: localPassword, controlling: 2n ** 64n - 1n },
      { username: 'wrong:user', password: localPassword, controlling: 0n, useCandidate: true },
    ].map((each) => signedStun({ kind: 'request', priority: 1, ...each }));
    const strangers = await Promise.all(Array.from({ length: 20 }, () => stranger(stock)));
    for (const { send } of strangers) for (const datagram of unsigned) await send(datagram);
    expect(await heardBy(stock)).toEqual([]);
    expect(strangers.flatMap(({ answers }) => answers)).toEqual([]);
  });

  it('[W10] never gets more bytes than it sent, though it knows the password, unless it answers', async () => {
    const stock = await connected();
    const friends = await Promise.all([stranger(stock), stranger(stock)]);
    const [once, often] = friends.map((friend) => ({ ...friend, sent: 0 }));
    if (once === undefined || often === undefined) throw new Error('Nobody is there');
    const knock = async (friend: typeof once) => {
      const check = checkOf(stock);
      friend.sent += check.length;
      await friend.send(check);
    };
    await knock(once);
    for (let n = 0; n < 30; n++) await knock(often);
    await Promise.all([once.answered, often.answered]);
    // Longer than the library repeats a check that nobody answers.
    await passed(2_500);
    for (const { sent, answers } of [once, often]) {
      const got = answers.reduce((sum, { length }) => sum + length, 0);
      expect([got > 0, got <= sent]).toEqual([true, true]);
    }
    expect(once.answers).toHaveLength(1);
    expect(often.answers.map((each) => each.readUInt16BE(0))).toContain(0x0101);
  });
});

/** A check as the peer would send it. */
function checkOf(stock: StockPeer): Buffer {
  const { localUsername, remoteUsername, remotePassword } = iceOf(stock);
  const username = `${remoteUsername}:${localUsername}`;
  const transactionId = randomBytes(12).toString('hex');
  const credentials = { username, password: remotePassword };
  return signedStun({ kind: 'request', transactionId, priority: 1, controlling: 1n, ...credentials });
}

/** What the peer knows of both sides' credentials. */
function iceOf({ dtls }: StockPeer) {
  const { localUsername, localPassword, remoteUsername, remotePassword } = dtls.iceTransport.connection;
  return { localUsername, localPassword, remoteUsername, remotePassword };
}
