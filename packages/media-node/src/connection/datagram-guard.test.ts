import { ManualClock } from '@voice-bridge/core/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { closePorts, guarded, PEER, SERVER, turnProtocol, udpProtocol } from '../testing/guarded-agent.ts';
import { signedStun } from '../testing/signed-stun.ts';
import { DatagramGuard } from './datagram-guard.ts';
import type { CandidatePair } from './ice-agent.ts';
import { stunKey } from './stun-key.ts';
import { hasIntegrityOf, readStun } from './stun-message.ts';
import type { Address } from './udp-transport.ts';

afterEach(closePorts);

const media = Buffer.from([0x80, 111, 1, 2]);
const dtls = Buffer.from([22, 0xfe, 0xfd, 0]);

describe('DatagramGuard', () => {
  it('passes STUN once it is signed, and media and DTLS from where it came from', async () => {
    const one = guarded();
    const { onDatagram } = await udpProtocol(one);
    for (const datagram of [media, dtls, Buffer.alloc(20), one.check(), media, dtls]) onDatagram(datagram, ...PEER);
    onDatagram(media, PEER[0], 5_001);
    onDatagram(dtls, '192.0.2.2', PEER[1]);
    expect(one.seen).toEqual(['made', 'stun', 'media', 'dtls']);
  });

  it('passes nothing else, whoever sends it', async () => {
    const one = guarded();
    const { onDatagram } = await udpProtocol(one);
    onDatagram(one.check(), ...PEER);
    for (const first of [4, 15, 19, 64, 79, 127, 192, 255]) onDatagram(Buffer.from([first, 0, 0, 0]), ...PEER);
    onDatagram(Buffer.alloc(0), ...PEER);
    expect(one.seen).toEqual(['made', 'stun']);
  });

  it('loses a datagram whose taker throws, and says so once', async () => {
    const one = guarded({
      media: () => {
        throw new Error('not today');
      },
    });
    const { onDatagram } = await udpProtocol(one);
    onDatagram(one.check(), ...PEER);
    for (const datagram of [media, media, dtls]) onDatagram(datagram, ...PEER);
    expect(one.seen).toEqual(['made', 'stun', 'error: A datagram could not be taken', 'dtls']);
  });

  it('knows its sources port by port', async () => {
    const one = guarded();
    const [near, far] = [await udpProtocol(one), await udpProtocol(one)];
    near.onDatagram(one.check(), ...PEER);
    far.onDatagram(media, ...PEER);
    expect(one.seen).not.toContain('media');
  });

  it('judges what comes by TURN as well, and only if the TURN server sent it', () => {
    const one = guarded();
    const { turn } = turnProtocol(one);
    turn.dataReceived(one.check(), ['203.0.113.9', SERVER[1]]);
    turn.dataReceived(media, SERVER);
    expect(one.seen).toEqual(['made']);
    turn.dataReceived(one.check(), SERVER);
    turn.dataReceived(media, SERVER);
    expect(one.seen).toEqual(['made', 'stun', 'media']);
  });

  it('counts answers to our own checks, and no check of the peer: that one may be an old one that was kept', async () => {
    const one = guarded();
    const { onDatagram, transactions } = await udpProtocol(one);
    for (let n = 0; n < 10; n++) onDatagram(one.check(), ...PEER);
    expect(one.guard.answers).toBe(0);
    const [id, password] = ['0102030405060708090a0b0c', 'theirs'];
    const answer = signedStun({ kind: 'success', transactionId: id, password });
    onDatagram(answer, ...PEER);
    expect(one.guard.answers).toBe(0);
    transactions[id] = { expectedAddr: PEER, integrityKey: Buffer.from(password) };
    onDatagram(answer, ...PEER);
    expect(one.guard.answers).toBe(1);
  });

  it('tells the library of few refusals: it asks again at once for each, for ever', async () => {
    const one = guarded();
    const { onDatagram, transactions } = await udpProtocol(one);
    const [id, password] = ['0102030405060708090a0b0c', 'theirs'];
    transactions[id] = { expectedAddr: PEER, integrityKey: Buffer.from(password) };
    for (let n = 0; n < 200; n++) onDatagram(signedStun({ kind: 'error', transactionId: id, password }), ...PEER);
    expect(one.seen.filter((what) => what === 'stun')).toHaveLength(64);
    onDatagram(signedStun({ kind: 'success', transactionId: id, password }), ...PEER);
    expect(one.seen.filter((what) => what === 'stun')).toHaveLength(65);
  });

  it('keeps the answers to our own checks from the library', async () => {
    const one = guarded();
    const { onDatagram } = await udpProtocol(one);
    const [id, password] = ['0102030405060708090a0b0c', 'theirs'];
    one.own[id] = { expectedAddr: PEER, integrityKey: Buffer.from(password) };
    onDatagram(signedStun({ kind: 'success', transactionId: id, password }), ...PEER);
    onDatagram(signedStun({ kind: 'error', transactionId: id, password }), ...PEER);
    expect(one.seen).toEqual(['made', 'own answer: true', 'own answer: false']);
    expect(one.guard.answers).toBe(2);
  });

  it('knows from where the peer spoke last, and over which port', async () => {
    const one = guarded();
    const [near, far] = [await udpProtocol(one), await udpProtocol(one)];
    expect(one.guard.lookForSpeaker()).toBeUndefined();
    near.onDatagram(one.check(), ...PEER);
    far.onDatagram(one.check('01'), PEER[0], 5_001);
    expect(one.guard.lookForSpeaker()).toEqual({ protocol: far.protocol, from: [PEER[0], 5_001] });
    near.onDatagram(media, ...PEER);
    far.onDatagram(media, '192.0.2.2', 5_001);
    expect(one.guard.lookForSpeaker()).toEqual({ protocol: near.protocol, from: PEER });
  });

  it('takes nobody for the speaker who sends a copied check and what is not opened', async () => {
    let isOpened = true;
    const one = guarded({ media: () => isOpened });
    const { protocol, onDatagram } = await udpProtocol(one);
    const copier: Address = ['198.51.100.7', 6_000];
    onDatagram(one.check(), ...PEER);
    onDatagram(one.check(), ...copier);
    expect(one.guard.lookForSpeaker()?.from).toEqual(PEER);
    onDatagram(media, ...PEER);
    isOpened = false;
    onDatagram(media, ...copier);
    onDatagram(one.check('02'), ...copier);
    expect(one.guard.lookForSpeaker()).toEqual({ protocol, from: PEER });
    onDatagram(media, ...copier);
    expect(one.guard.lookForSpeaker()?.from).toEqual(PEER);
  });

  it('counts what passes, both ways, and no checks', async () => {
    const one = guarded();
    const { onDatagram } = await udpProtocol(one);
    onDatagram(media, ...PEER);
    onDatagram(one.check(), ...PEER);
    for (const datagram of [media, dtls]) onDatagram(datagram, ...PEER);
    await one.agent.send(Buffer.alloc(100));
    await new Promise<void>((resolve) => one.guard.sink.send(media, resolve));
    expect(one.guard.traffic.stats({ timestamp: 0, roundTrips: undefined, discarded: 0 })).toMatchObject({
      packetsReceived: 2,
      bytesReceived: media.length + dtls.length,
      packetsSent: 1,
      bytesSent: 100,
    });
  });

  it('has nothing rejected unhandled that the library sends', async () => {
    await expect(guarded().agent.send(dtls)).resolves.toBeUndefined();
  });

  it('refuses a library that it does not know', () => {
    const { agent } = guarded();
    expect(() => agent.ensureProtocol({ type: 'tcp' })).toThrow(TypeError);
    const checks = { transaction: () => undefined, answered: () => false };
    const options = { clock: new ManualClock(), checks, takeMedia: () => true, takeDtls: () => true };
    expect(() => new DatagramGuard({ ...options, agent: { ...agent, userHistory: undefined } })).toThrow(TypeError);
  });
});

describe('DatagramGuard and the checks of a path in use', () => {
  const controlling = (one: ReturnType<typeof guarded>) =>
    signedStun({
      kind: 'request',
      transactionId: '0102030405060708090a0b0c',
      priority: 1,
      controlling: 1n,
      username: `${one.agent.localUsername}:theirs`,
      password: one.agent.localPassword,
    });

  /** A connection whose selected path leads to a port of ours that tells what came. */
  async function selected() {
    const one = guarded();
    const [own, peer] = [await udpProtocol(one), await udpProtocol(one)];
    const heard = new Promise<Buffer>((resolve) => {
      peer.transport.onDatagram = resolve;
    });
    const from: Address = ['127.0.0.1', peer.transport.port];
    const nominated = { protocol: own.protocol, remoteCandidate: { host: from[0], port: from[1], type: 'host' } };
    Object.defineProperty(one.agent, 'nominated', { value: nominated });
    return { one, own, from, heard, seen: one.seen };
  }

  it('answers them itself, signed, with the address they came from', async () => {
    const { one, own, from, heard, seen } = await selected();
    own.onDatagram(controlling(one), ...from);
    const answer = await heard;
    expect(seen).toEqual(['made', 'made']);
    const message = readStun(answer);
    expect(message).toMatchObject({ kind: 'success', transactionId: '0102030405060708090a0b0c' });
    expect(message && hasIntegrityOf(answer, message, stunKey(one.agent.localPassword))).toBe(true);
  });

  it('leaves to the library what may change something: another path, another port, a conflict of roles', async () => {
    const { one, own, from, seen } = await selected();
    const second = await udpProtocol(one);
    own.onDatagram(controlling(one), from[0], from[1] + 1);
    second.onDatagram(controlling(one), ...from);
    own.onDatagram(one.check(), ...from);
    Object.defineProperty(one.agent, 'iceControlling', { value: true });
    own.onDatagram(controlling(one), ...from);
    expect(seen.filter((what) => what === 'stun')).toHaveLength(4);
  });
});

describe('the sink of a DatagramGuard', () => {
  const sent = ({ guard }: ReturnType<typeof guarded>) =>
    new Promise<void>((resolve) => guard.sink.send(Buffer.from('media'), resolve));

  it('follows the selected pair, over UDP and TURN, and loses what there is no path for', async () => {
    const one = guarded();
    await sent(one);
    const [own, other] = [await udpProtocol(one), await udpProtocol(one)];
    const heard = new Promise((resolve) => {
      other.transport.onDatagram = (datagram, _host, port) => resolve([datagram.toString(), port]);
    });
    const select = (nominated: Partial<CandidatePair> | undefined) =>
      Object.defineProperty(one.agent, 'nominated', { value: nominated, configurable: true });
    const udp = {
      type: 'stun',
      transactions: {},
      transport: own.transport,
      connectionMade: () => {},
      datagramReceived: () => {},
      sendData: async () => {},
      sendStun: async () => {},
    };
    select({ protocol: udp, remoteCandidate: { host: '127.0.0.1', port: other.transport.port, type: 'host' } });
    await sent(one);
    expect(await heard).toEqual(['media', own.transport.port]);
    select({ protocol: turnProtocol(one), remoteCandidate: { host: PEER[0], port: PEER[1], type: 'host' } });
    await sent(one);
    expect(one.seen.at(-1)).toBe('sent by TURN');
  });
});
