import { randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { DatagramGuard } from '@voice-bridge/media-node/testing';
import type { Operation } from './measure.ts';

const TIMES = 5_000;
const THEIR_NAME = 'peeruser';
const STUN_COOKIE = 0x2112a442;
/** Attribute types (RFC 8489 section 18.3, RFC 8445 section 16.1). */
const [USERNAME, INTEGRITY, PRIORITY, FINGERPRINT] = [0x0006, 0x0008, 0x0024, 0x8028] as const;
const FINGERPRINT_XOR = 0x5354554e;

/** A UDP port as the guard leaves it to the library. */
interface Port {
  onDatagram(datagram: Buffer, host: string, port: number): void;
  close(): Promise<void>;
}

/** Refusing one datagram of somebody who proved nothing, by kind: everybody who knows our address can send them. */
export async function guardOperations(): Promise<{ operations: Operation[]; close: () => Promise<void> }> {
  const { port, ourName, passed } = await guardedPort();
  const refusing = (name: string, datagram: Buffer): Operation => ({
    name: `guard: refuse ${name}`,
    times: TIMES,
    run: () => {
      for (let n = 0; n < TIMES; n++) port.onDatagram(datagram, '192.0.2.7', 1_024 + (n % 50_000));
      if (passed() > 0) throw new Error(`The guard let ${name} through`);
    },
    limitUs: 20,
  });
  const operations = [
    refusing('a media packet', Buffer.from(`806f${'00'.repeat(170)}`, 'hex')),
    refusing('a DTLS record', Buffer.from(`17fefd0001${'00'.repeat(100)}`, 'hex')),
    refusing('a STUN request with a forged signature', stunRequest(`${ourName}:${THEIR_NAME}`)),
    refusing('a STUN request for nobody here', stunRequest(`somebody:${THEIR_NAME}`)),
    refusing('noise', Buffer.alloc(1_200, 0xff)),
  ];
  return { operations, close: () => port.close() };
}

/** A real port behind a guard, and how often something was let through to a library that does nothing. */
async function guardedPort() {
  let passed = 0;
  const pass = () => {
    passed++;
  };
  const ports: Port[] = [];
  const protocol = {
    type: 'stun',
    transactions: {},
    async connectionMade(_useIpv4: boolean) {},
    datagramReceived: pass,
    async sendData() {},
    set transport(port: Port) {
      ports.push(port);
    },
  };
  const agent = {
    localUsername: 'ours',
    localPassword: 'a password of twenty-two',
    remoteUsername: THEIR_NAME,
    userHistory: {},
    checkList: [],
    _remoteCandidates: [],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol(_protocol: unknown) {},
    async restart() {},
    async send() {},
  };
  const clock = { now: () => performance.now(), after: () => () => {} };
  const checks = { transaction: () => undefined, answered: () => false };
  new DatagramGuard({ agent, clock, checks, takeMedia: pass, takeDtls: pass });
  agent.ensureProtocol(protocol);
  await protocol.connectionMade(true);
  const [port] = ports;
  if (port === undefined) throw new Error('The guard opened no port');
  return { port, ourName: agent.localUsername, passed: () => passed };
}

/** A binding request as a browser sends it, signed with random bytes. */
function stunRequest(username: string): Buffer {
  const attributes = Buffer.concat([
    attribute(USERNAME, Buffer.from(username)),
    attribute(PRIORITY, Buffer.from('6e7f00ff', 'hex')),
    attribute(INTEGRITY, randomBytes(20)),
  ]);
  const header = Buffer.concat([Buffer.from('00010000', 'hex'), Buffer.alloc(4), randomBytes(12)]);
  header.writeUInt32BE(STUN_COOKIE, 4);
  header.writeUInt16BE(attributes.length + 8, 2);
  const signed = Buffer.concat([header, attributes]);
  const fingerprint = Buffer.alloc(4);
  fingerprint.writeUInt32BE((crc32(signed) ^ FINGERPRINT_XOR) >>> 0);
  return Buffer.concat([signed, attribute(FINGERPRINT, fingerprint)]);
}

function attribute(type: number, value: Buffer): Buffer {
  const padded = Buffer.alloc(4 + Math.ceil(value.length / 4) * 4);
  padded.writeUInt16BE(type, 0);
  padded.writeUInt16BE(value.length, 2);
  value.copy(padded, 4);
  return padded;
}
