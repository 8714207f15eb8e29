import { createHmac, randomBytes } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { DatagramGuard } from '@voice-bridge/media-node/testing';
import type { Operation } from './measure.ts';

const TIMES = 5_000;
/** Checks of one path that are looked into at once. */
const CHECKS_AT_ONCE = 400;
const SIGNATURE_BYTES = 20;
const THEIR_NAME = 'peeruser';
const STUN_COOKIE = 0x2112a442;
/** Attribute types (RFC 8489 section 18.3, RFC 8445 section 16.1). */
const [USERNAME, INTEGRITY, PRIORITY] = [0x0006, 0x0008, 0x0024] as const;
const [FINGERPRINT, ICE_CONTROLLING] = [0x8028, 0x802a] as const;
const FINGERPRINT_XOR = 0x5354554e;

/** A UDP port as the guard leaves it to the library. */
interface Port {
  onDatagram(datagram: Buffer, host: string, port: number): void;
  close(): Promise<void>;
}

/** Refusing one datagram of somebody who proved nothing, by kind: everybody who knows our address can send them. And what a peer sends all the time. */
export async function guardOperations(): Promise<{ operations: Operation[]; close: () => Promise<void> }> {
  const { port, ourName, ourPassword, peer, passed, skip } = await guardedPort();
  const refusing = (name: string, datagram: Buffer): Operation => ({
    name: `guard: refuse ${name}`,
    times: TIMES,
    run: () => {
      for (let n = 0; n < TIMES; n++) port.onDatagram(datagram, '192.0.2.7', 1_024 + (n % 50_000));
      if (passed() > 0) throw new Error(`The guard let ${name} through`);
    },
    limitUs: 20,
  });
  /** The system's work for the answer included. */
  const answering = (): Operation => {
    const check = stunRequest(`${ourName}:${THEIR_NAME}`, ourPassword);
    return {
      name: 'guard: answer a check of the path in use',
      times: CHECKS_AT_ONCE,
      prepare: skip,
      run: () => {
        for (let n = 0; n < CHECKS_AT_ONCE; n++) port.onDatagram(check, peer.host, peer.port);
        if (passed() > 0) throw new Error('The guard left a check to the library');
      },
      limitUs: 50,
    };
  };
  const operations = [
    refusing('a media packet', Buffer.from(`806f${'00'.repeat(170)}`, 'hex')),
    refusing('a DTLS record', Buffer.from(`17fefd0001${'00'.repeat(100)}`, 'hex')),
    refusing('a STUN request with a forged signature', stunRequest(`${ourName}:${THEIR_NAME}`, 'no password of ours')),
    refusing('a STUN request for nobody here', stunRequest(`somebody:${THEIR_NAME}`, ourPassword)),
    refusing('noise', Buffer.alloc(1_200, 0xff)),
    answering(),
  ];
  return { operations, close: () => port.close() };
}

/** A real port behind a guard, and how often something was let through to a library that does nothing. */
async function guardedPort() {
  let passed = 0;
  const pass = () => {
    passed++;
    return true;
  };
  const ports: Port[] = [];
  const protocol = {
    type: 'stun',
    transactions: {},
    async connectionMade(_useIpv4: boolean) {},
    datagramReceived: pass,
    async sendData() {},
    async sendStun() {},
    get transport() {
      return ports[0];
    },
    set transport(port: Port | undefined) {
      if (port !== undefined) ports.push(port);
    },
  };
  // Nobody there: what is sent is lost.
  const peer = { host: '127.0.0.1', port: 9, type: 'host' };
  const agent = {
    localUsername: 'ours',
    localPassword: 'a password of twenty-two',
    remoteUsername: THEIR_NAME,
    nominated: { protocol, remoteCandidate: peer, requestTransactionIds: new Set<string>() },
    userHistory: {},
    checkList: [],
    _remoteCandidates: [],
    earlyChecks: [],
    iceControlling: false,
    ensureProtocol(_protocol: unknown) {},
    async restart() {},
    async send() {},
  };
  let skipped = 0;
  const clock = { now: () => performance.now() + skipped, after: () => () => {} };
  const checks = { transaction: () => undefined, answered: () => false };
  new DatagramGuard({ agent, clock, checks, takeMedia: pass, takeDtls: pass });
  agent.ensureProtocol(protocol);
  await protocol.connectionMade(true);
  const [port] = ports;
  if (port === undefined) throw new Error('The guard opened no port');
  // A second, in which more checks may come.
  const skip = () => {
    skipped += 1_000;
  };
  const { localUsername: ourName, localPassword: ourPassword } = agent;
  return { port, ourName, ourPassword, peer, passed: () => passed, skip };
}

/** A binding request as a browser sends it, signed with this password. */
function stunRequest(username: string, password: string): Buffer {
  const header = Buffer.concat([Buffer.from('00010000', 'hex'), Buffer.alloc(4), randomBytes(12)]);
  header.writeUInt32BE(STUN_COOKIE, 4);
  const unsigned = Buffer.concat([
    header,
    attribute(USERNAME, Buffer.from(username)),
    attribute(PRIORITY, Buffer.from('6e7f00ff', 'hex')),
    attribute(ICE_CONTROLLING, randomBytes(8)),
  ]);
  unsigned.writeUInt16BE(unsigned.length - header.length + SIGNATURE_BYTES + 4, 2);
  const signature = createHmac('sha1', password).update(unsigned).digest();
  const signed = Buffer.concat([unsigned, attribute(INTEGRITY, signature)]);
  signed.writeUInt16BE(signed.length - header.length + 8, 2);
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
