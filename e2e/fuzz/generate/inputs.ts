import type { Protocol, Seeds } from '../support/corpora.ts';
import { type ChannelMessage, channelMessage } from './channel.ts';
import type { Choices, Dice } from './dice.ts';
import { dtlsDatagram } from './dtls.ts';
import { mutate, splice } from './mutate.ts';
import { rtcpPacket } from './rtcp.ts';
import { rtpPacket } from './rtp.ts';
import { type SctpFacts, sctpPacket, withTag } from './sctp.ts';
import { type StunFacts, signed, stunMessage } from './stun.ts';

/** One input and how it is to be sent. */
export interface Input {
  readonly protocol: Exclude<Protocol, 'any'>;
  readonly bytes: Buffer;
  /** Where a channel message goes. */
  readonly channel?: Omit<ChannelMessage, 'bytes'>;
}

/** What a hostile peer sends: one protocol, or all of them in turn. */
export type Appetite = Input['protocol'] | 'all';

/** What a connected peer knows. */
export interface PeerFacts {
  readonly stun: StunFacts;
  readonly sctp: SctpFacts;
  /** The stream of its control channel. */
  readonly stream: number;
}

const OUTSIDE: Choices<Input['protocol']> = [
  'stun',
  'stun',
  'stun',
  'dtls',
  'dtls',
  'dtls',
  'rtp',
  'rtp',
  'rtcp',
  'sctp',
];
const INSIDE: Choices<Input['protocol']> = [
  'stun',
  'dtls',
  'rtp',
  'rtp',
  'rtcp',
  'rtcp',
  'sctp',
  'sctp',
  'sctp',
  'channel',
];
/** Share of inputs made of somebody else's, where there are any. */
const FROM_SEEDS = 0.25;
const MUTATED = 0.5;

/** A datagram of somebody without any key, who has seen the user names of an ICE session. */
export function outsideInput(dice: Dice, seeds: Seeds, userName: string): Input {
  const protocol = dice.pick(OUTSIDE);
  const whole = fromSeeds(dice, seeds, protocol) ?? grown(dice, protocol, { userName, password: undefined });
  return { protocol, bytes: bent(dice, whole) };
}

/** Something of a connected peer, before the layers that its keys protect it with. */
export function peerInput(dice: Dice, seeds: Seeds, facts: PeerFacts, appetite: Appetite): Input {
  const protocol = appetite === 'all' ? dice.pick(INSIDE) : appetite;
  if (protocol === 'channel') {
    const { bytes, ...channel } = channelMessage(dice, facts.stream);
    return { protocol, bytes, channel };
  }
  const whole = fromSeeds(dice, seeds, protocol) ?? grown(dice, protocol, facts.stun, facts.sctp);
  return { protocol, bytes: asOwn(bent(dice, whole), protocol, facts) };
}

/** A seed's bytes as a connected peer would send them, where the layer above would refuse them otherwise. */
export function asOwn(bytes: Buffer, protocol: Input['protocol'], facts: PeerFacts): Buffer {
  if (protocol === 'sctp') return withTag(bytes, facts.sctp);
  if (protocol === 'stun') return signed(Buffer.from(bytes), facts.stun.password, true);
  return bytes;
}

/** A bent flight of a handshake. */
export function bentHandshake(dice: Dice, datagram: Buffer): Buffer | undefined {
  if (dice.chance(0.7)) return datagram;
  return dice.chance(0.1) ? undefined : dice.chance(0.3) ? dtlsDatagram(dice) : mutate(datagram, dice);
}

function bent(dice: Dice, whole: Buffer): Buffer {
  return dice.chance(MUTATED) ? mutate(whole, dice) : whole;
}

function grown(dice: Dice, protocol: Input['protocol'], stun: StunFacts, sctp?: SctpFacts): Buffer {
  if (protocol === 'stun') return stunMessage(dice, stun);
  if (protocol === 'dtls') return dtlsDatagram(dice, dice.pick([0, 0, 1]));
  if (protocol === 'rtp') return rtpPacket(dice);
  if (protocol === 'rtcp') return rtcpPacket(dice);
  return sctpPacket(dice, sctp ?? { verificationTag: dice.uint32(), nextTsn: dice.uint32() });
}

function fromSeeds(dice: Dice, seeds: Seeds, protocol: Protocol): Buffer | undefined {
  if (!dice.chance(FROM_SEEDS)) return undefined;
  const fitting = seeds.of(protocol);
  const [one, other] = [fitting[dice.int(fitting.length)], fitting[dice.int(fitting.length)]];
  if (one === undefined || other === undefined) return undefined;
  return dice.chance(0.2) ? splice(one.bytes, other.bytes, dice) : Buffer.from(one.bytes);
}
