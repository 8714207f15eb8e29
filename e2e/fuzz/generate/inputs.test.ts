import { expect, it } from 'vitest';
import { Seeds } from '../support/corpora.ts';
import { Dice } from './dice.ts';
import { type Input, outsideInput, type PeerFacts, peerInput } from './inputs.ts';
import { withChecksum } from './sctp.ts';
import { bentSdp } from './sdp.ts';

const NO_SEEDS = new Seeds([]);
const FACTS: PeerFacts = {
  stun: { userName: 'a:b', password: 'secret' },
  sctp: { verificationTag: 1, nextTsn: 2 },
  stream: 1,
};

function inputs(seed: number, count: number): Input[] {
  return Array.from({ length: count }, (_, index) => {
    const dice = new Dice(seed, index);
    return index % 2 === 0 ? outsideInput(dice, NO_SEEDS, 'a:b') : peerInput(dice, NO_SEEDS, FACTS, 'all');
  });
}

it('makes the same inputs of the same seed and index, and others of another', () => {
  expect(inputs(1, 500)).toEqual(inputs(1, 500));
  expect(inputs(1, 50)).not.toEqual(inputs(2, 50));
});

it('makes inputs of every protocol, hardly any twice, and none larger than a datagram', () => {
  const made = inputs(3, 3_000);
  const protocols = new Set(made.map(({ protocol }) => protocol));
  expect([...protocols].sort()).toEqual(['channel', 'dtls', 'rtcp', 'rtp', 'sctp', 'stun']);
  const datagrams = made.filter(({ protocol }) => protocol !== 'channel');
  expect(new Set(datagrams.map(({ bytes }) => bytes.toString('hex'))).size).toBeGreaterThan(0.9 * datagrams.length);
  expect(Math.max(...datagrams.map(({ bytes }) => bytes.length))).toBeLessThan(9_100);
});

it('puts the right checksum (RFC 9260 appendix A) on what a connected peer sends as SCTP', () => {
  const made = inputs(4, 3_000).filter(({ protocol, bytes }) => protocol === 'sctp' && bytes.length >= 12);
  const own = made.filter(({ bytes }) => bytes.readUInt32BE(4) === FACTS.sctp.verificationTag);
  expect(own.length).toBeGreaterThan(100);
  for (const { bytes } of own) expect(withChecksum(Buffer.from(bytes))).toEqual(bytes);
});

it('bends descriptions', () => {
  const sdp = ['v=0', 'o=- 1 1 IN IP4 0.0.0.0', 's=-', 't=0 0', 'm=audio 9 UDP/TLS/RTP/SAVPF 111', ''].join('\r\n');
  const bent = Array.from({ length: 200 }, (_, index) => bentSdp(new Dice(5, index), sdp));
  expect(new Set(bent).size).toBeGreaterThan(150);
});
