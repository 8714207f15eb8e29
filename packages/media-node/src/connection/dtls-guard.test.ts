import { randomBytes } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { ManualClock } from '@voice-bridge/core/testing';
import { describe, expect, it } from 'vitest';
import { sealedRecord } from '../testing/sealed-record.ts';
import { DtlsGuard } from './dtls-guard.ts';
import { ContentType, plainRecord, readRecords } from './dtls-records.ts';

const FINISHED = 20;
const { alert, applicationData, changeCipherSpec, handshake } = ContentType;

/** A handshake message that names its number; 20 is a Finished. */
function message(number: number, type = 11): Buffer {
  const header = Buffer.alloc(24);
  header.writeUInt8(type, 0);
  header.writeUIntBE(12, 1, 3);
  header.writeUInt16BE(number, 4);
  header.writeUIntBE(12, 9, 3);
  return header;
}

/** The library as the guard sees it, and what it is given. */
function guarded(role: 'client' | 'server' = 'server') {
  const clock = new ManualClock();
  let keys = newKeys();
  const given: string[] = [];
  const connecting: (() => void)[] = [];
  const cipher: { cipher?: ReturnType<typeof newKeys> } = {};
  const dtls = {
    connected: false,
    cipher,
    onConnect: { once: (listener: () => void) => connecting.push(listener) },
    onData: { execute: (payload: Buffer) => given.push(`data ${payload}`) },
  };
  const guard = new DtlsGuard({
    clock,
    association: () => ({ role, dtls }),
    deliver: (datagram) => {
      for (const { type, epoch, bytes } of readRecords(datagram)) {
        const about = type === handshake && epoch === 0 ? `message ${bytes.readUInt16BE(13 + 4)}` : `type ${type}`;
        given.push(`${about} epoch ${epoch}`);
      }
    },
    warn: (error) => given.push(`warning ${error}`),
  });
  let sent = 0;
  const theirs = () =>
    role === 'server' ? [keys.clientWriteKey, keys.clientNonce] : [keys.serverWriteKey, keys.serverNonce];
  return {
    guard,
    given,
    clock,
    dtls,
    makeKeys: () => {
      cipher.cipher = keys;
    },
    changeKeys: () => {
      keys = newKeys();
      cipher.cipher = keys;
    },
    connect: () => {
      dtls.connected = true;
      for (const listener of connecting.splice(0)) listener();
    },
    plain: (type: number, payload: Buffer) => guard.receive(plainRecord(type, sent++, payload)),
    sealed: (type: number, payload: Buffer) => {
      const [key = Buffer.alloc(0), salt = Buffer.alloc(0)] = theirs();
      return sealedRecord({ key, salt: salt.subarray(0, 4), type, sequenceNumber: sent++, payload }).bytes;
    },
  };
}

function newKeys() {
  return {
    clientWriteKey: randomBytes(16),
    serverWriteKey: randomBytes(16),
    clientNonce: randomBytes(12),
    serverNonce: randomBytes(12),
  };
}

function established(role?: 'client' | 'server') {
  const one = guarded(role);
  one.makeKeys();
  one.connect();
  return one;
}

describe('DtlsGuard while the handshake runs', () => {
  it('gives the library whole messages in order, and nothing else that is unprotected', () => {
    const { plain, given } = guarded();
    plain(alert, Buffer.of(1, 0));
    plain(applicationData, Buffer.from('plain'));
    for (const number of [0, 2, 1]) plain(handshake, message(number));
    plain(changeCipherSpec, Buffer.of(1));
    plain(handshake, message(3, FINISHED));
    expect(given).toEqual(['message 0 epoch 0', 'message 1 epoch 0', 'message 2 epoch 0']);
  });

  it('has a Finished that overtook the rest of its flight wait for it, before there are keys and after', async () => {
    for (const keysFirst of [true, false]) {
      const { plain, sealed, guard, makeKeys, given } = guarded();
      plain(handshake, message(0));
      if (keysFirst) makeKeys();
      guard.receive(sealed(handshake, message(3, 20)));
      await turn();
      plain(handshake, message(2));
      plain(handshake, message(1));
      makeKeys();
      await turn();
      expect(given.slice(1)).toEqual(['message 1 epoch 0', 'message 2 epoch 0', 'type 22 epoch 1']);
    }
  });

  it('gives data that came too early when the handshake is over', async () => {
    const { sealed, guard, makeKeys, connect, given } = guarded('client');
    makeKeys();
    guard.receive(sealed(applicationData, Buffer.from('one')));
    guard.receive(sealed(applicationData, Buffer.from('two')));
    expect(given).toEqual([]);
    connect();
    await turn();
    expect(given).toEqual(['data one', 'data two']);
  });

  it('forgets data that came too early under keys which the library has replaced', async () => {
    const { sealed, guard, makeKeys, changeKeys, connect, given } = guarded();
    makeKeys();
    guard.receive(sealed(applicationData, Buffer.from('of others')));
    changeKeys();
    guard.receive(sealed(applicationData, Buffer.from('of the peer')));
    connect();
    await turn();
    expect(given).toEqual(['data of the peer']);
  });

  it('warns of what the library throws in a turn of its own, and lives on', async () => {
    const { sealed, guard, makeKeys, connect, dtls, given } = guarded();
    const give = dtls.onData.execute;
    dtls.onData.execute = () => {
      throw new Error('not understood');
    };
    makeKeys();
    guard.receive(sealed(applicationData, Buffer.from('early')));
    connect();
    await turn();
    dtls.onData.execute = give;
    guard.receive(sealed(applicationData, Buffer.from('later')));
    expect(given).toEqual(['warning Error: not understood', 'data later']);
  });

  it.each([
    ['hellos', 1, 8, 2],
    ['other messages', 11, 64, 16],
  ])('[W19] gives the library few of many %s at once', (_, type, atOnce, perSecond) => {
    const { plain, given, clock } = guarded();
    for (let n = 0; n < 3_000; n++) plain(handshake, message(0, type));
    expect(given).toHaveLength(atOnce);
    clock.advance(1_000);
    for (let n = 0; n < 3_000; n++) plain(handshake, message(0, type));
    expect(given).toHaveLength(atOnce + perSecond);
  });

  it('keeps few of the records that came before there are keys', async () => {
    const { guard, sealed, makeKeys, connect, plain, given } = guarded();
    for (let n = 0; n < 1_000; n++) guard.receive(sealed(applicationData, Buffer.from('x')));
    makeKeys();
    plain(handshake, message(0));
    connect();
    await turn();
    expect(given.filter((each) => each === 'data x')).toHaveLength(16);
  });

  it('keeps few of the records that came with keys, but before the handshake was over', async () => {
    const { guard, sealed, makeKeys, connect, given } = guarded();
    makeKeys();
    for (let n = 0; n < 1_000; n++) guard.receive(sealed(applicationData, Buffer.from('x')));
    connect();
    await turn();
    expect(given).toHaveLength(16);
  });
});

describe.each(['client', 'server'] as const)('DtlsGuard after the handshake, we being the DTLS %s', (role) => {
  it('[W3] gives the library nothing that is unprotected', () => {
    const { plain, given } = established(role);
    for (const type of [alert, applicationData, changeCipherSpec, handshake]) {
      plain(type, Buffer.of(1, 0));
      plain(type, message(0, 1));
    }
    expect(given).toEqual([]);
  });

  it('[W8] gives each record of the peer once', () => {
    const { sealed, guard, given } = established(role);
    const record = sealed(applicationData, Buffer.from('once'));
    for (let n = 0; n < 10_000; n++) guard.receive(record);
    expect(given).toEqual(['data once']);
  });

  it.each([
    ['a close', Buffer.of(1, 0), ['type 21 epoch 0']],
    ['a fatal alert', Buffer.of(2, 40), ['type 21 epoch 0']],
    ['a warning', Buffer.of(1, 90), []],
    ['an alert of three bytes', Buffer.of(1, 0, 0), []],
    ['an empty alert', Buffer.alloc(0), []],
  ])('[W20] ends the connection by %s of the peer or not: %s', (_, payload, expected) => {
    const { sealed, guard, given } = established(role);
    guard.receive(sealed(alert, payload));
    expect(given).toEqual(expected);
  });

  it('[W20] gives the library nothing under another key, of another epoch, or of our own', () => {
    const { guard, given } = established(role);
    const other = established(role === 'client' ? 'server' : 'client');
    for (const type of [alert, applicationData, handshake]) {
      guard.receive(other.sealed(type, Buffer.of(1, 0)));
      const later = Buffer.from(other.sealed(type, Buffer.of(1, 0)));
      later.writeUInt16BE(2, 3);
      guard.receive(later);
    }
    expect(given).toEqual([]);
  });

  it('lets the peer begin no second handshake, but repeat its Finished', () => {
    const { sealed, guard, given } = established(role);
    guard.receive(sealed(handshake, message(0, 1)));
    guard.receive(sealed(handshake, message(0, 0)));
    guard.receive(sealed(handshake, Buffer.concat([message(0, 20), message(1, 1)])));
    expect(given).toEqual([]);
    guard.receive(sealed(handshake, message(0, 20)));
    guard.receive(sealed(handshake, message(0, 20)));
    expect(given).toEqual(['type 22 epoch 1', 'type 22 epoch 1']);
  });
});
