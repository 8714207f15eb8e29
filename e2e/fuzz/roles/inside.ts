/** Attackers with keys: clients of the bridge that were let in and then send what no client sends, and offers no client makes. */
import { setTimeout as passed } from 'node:timers/promises';
import * as z from 'zod/mini';
import { type Choices, Dice } from '../generate/dice.ts';
import { type Appetite, asOwn, bentHandshake, type Input, type PeerFacts, peerInput } from '../generate/inputs.ts';
import { bentSdp } from '../generate/sdp.ts';
import { readCorpora, type Seed } from '../support/corpora.ts';
import { HostilePeer } from '../support/hostile-peer.ts';
import type { Attack } from '../support/messages.ts';
import { postOffer } from '../support/offers.ts';
import { Pace } from '../support/pace.ts';
import { RecentAttacks } from '../support/recent-attacks.ts';
import { obey, settings, standBack, tell } from '../support/role.ts';

const PEERS = 3;
const LIFE_MS = 6_000;
const LOOK_MS = 20;
const PAUSE_MS = 250;
const SDP_EVERY_MS = 500;
const MESSAGE_EVERY_MS = 60;
/** Share of the messages that come too early and are sent all the same. */
const FLOODS = 0.005;
const REPORT_MS = 250;
/** Share of lives whose handshake is bent. */
const BENT_HANDSHAKES = 0.25;
const CONTENT_TYPES: Choices<number> = [22, 22, 23, 24, 20, 99, 22, 21];
const EVERY_WAY: Choices<Input['protocol']> = ['rtp', 'rtcp', 'sctp', 'stun', 'dtls'];
const APPETITES: Choices<Appetite> = ['all', 'all', 'rtp', 'rtcp', 'sctp', 'channel', 'stun', 'dtls'];

/** One hostile connection. */
interface HostileLife {
  readonly peer: HostilePeer;
  readonly appetite: Appetite;
  /** When its next channel message may go, in ms: whoever sends too many is disconnected. */
  messageAt: number;
}

const { bridgeUrl, seed, firstIndex, corpora } = settings(
  z.object({ bridgeUrl: z.string(), seed: z.number(), firstIndex: z.number(), corpora: z.optional(z.string()) }),
);
standBack();
const seeds = readCorpora(corpora);
const files = [...seeds.all];
const recent = new RecentAttacks();
const alive: HostileLife[] = [];
let index = firstIndex;
let lives = 0;
let corporaSent = 0;
let turn = 0;

// The library under a hostile peer has the faults of the library: they end this process no more than the bridge.
process.on('unhandledRejection', () => {});
process.on('uncaughtException', () => {});

const pace = new Pace(() => {
  const one = alive[turn++ % Math.max(1, alive.length)];
  if (one === undefined || !one.peer.open) return;
  const file = index % 4 === 0 ? files.pop() : undefined;
  const dice = new Dice(seed * 2 + 1, index++);
  if (file !== undefined) sendFile(one.peer, file);
  else sendInput(one, dice);
});

setInterval(() => {
  tell({
    type: 'sent',
    counts: recent.takeCounts(),
    lives,
    corpora: { peer: corporaSent },
    bytesSent: 0,
    bytesBack: 0,
  });
  lives = 0;
  corporaSent = 0;
}, REPORT_MS);
obey((order) => {
  if (order.type === 'rate') pace.perSecond = order.perSecond;
  if (order.type === 'replay') replay(order.attacks);
  if (order.type === 'tell recent') tell({ type: 'recent', attacks: recent.recent() });
  if (order.type === 'stop') process.exit(0);
});
tell({ type: 'ready', sharedPaths: [] });
for (let slot = 0; slot < PEERS; slot++) void liveAgainAndAgain(slot);
void offerNonsense();

async function liveAgainAndAgain(slot: number): Promise<never> {
  for (let life = 0; ; life++) {
    const dice = new Dice(seed, firstIndex + life * PEERS + slot);
    const tampered = dice.chance(BENT_HANDSHAKES);
    const tamper = tampered ? (datagram: Buffer) => noted(bentHandshake(dice, datagram)) : undefined;
    const peer = await HostilePeer.connect(bridgeUrl, `hostile-${slot}`, tamper).catch(() => undefined);
    if (peer !== undefined) await spend({ peer, appetite: dice.pick(APPETITES), messageAt: 0 });
    await passed(PAUSE_MS);
  }
}

async function spend(one: HostileLife): Promise<void> {
  lives++;
  alive.push(one);
  const end = performance.now() + LIFE_MS;
  while (one.peer.open && performance.now() < end) await passed(LOOK_MS);
  alive.splice(alive.indexOf(one), 1);
  await one.peer.close();
}

function sendInput(one: HostileLife, dice: Dice): void {
  const { peer, appetite } = one;
  const origin = `${seed}:${index - 1}`;
  const input = peerInput(dice, seeds, factsOf(peer), appetite);
  if (input.protocol === 'channel') {
    if (performance.now() < one.messageAt && !dice.chance(FLOODS)) return;
    one.messageAt = performance.now() + MESSAGE_EVERY_MS;
  }
  recent.add({ attacker: 'inside', standing: 'peer', protocol: input.protocol, origin }, input.bytes);
  deliver(peer, input, dice.chance(0.5) ? dice.pick(CONTENT_TYPES) : undefined);
}

/** Each file is sent as what it is, one that may be anything as everything. */
function sendFile(peer: HostilePeer, file: Seed): void {
  corporaSent++;
  const { name: origin, protocol: meant, bytes } = file;
  const ways = meant === 'any' || meant === 'channel' ? EVERY_WAY : [meant];
  for (const protocol of ways) {
    recent.add({ attacker: 'inside', standing: 'peer', protocol, origin }, bytes);
    deliver(peer, { protocol, bytes }, undefined);
    deliver(peer, { protocol, bytes: asOwn(bytes, protocol, factsOf(peer)) }, undefined);
  }
}

function replay(attacks: readonly Attack[]): void {
  for (const { attacker, standing, protocol, hex, origin } of attacks) {
    const [one] = alive;
    const way = EVERY_WAY.find((each) => each === protocol);
    if (attacker !== 'inside' || standing !== 'peer' || way === undefined || one === undefined) continue;
    sendFile(one.peer, { name: origin, protocol: way, bytes: Buffer.from(hex, 'hex') });
  }
}

function deliver(peer: HostilePeer, { protocol, bytes, channel }: Input, contentType: number | undefined): void {
  if (channel !== undefined) peer.sendMessage(channel.stream, channel.ppid, bytes);
  else if (protocol === 'rtp') peer.sendRtp(bytes);
  else if (protocol === 'rtcp') peer.sendRtcp(bytes);
  else if (protocol === 'sctp') peer.sendSctp(bytes);
  else if (protocol === 'dtls' && contentType !== undefined) peer.sendRecord(contentType, bytes.subarray(13));
  else peer.sendRaw(bytes);
}

function factsOf(peer: HostilePeer): PeerFacts {
  return { stun: peer.stun, sctp: peer.association, stream: peer.stream };
}

function noted(datagram: Buffer | undefined): Buffer | undefined {
  if (datagram !== undefined) {
    recent.add({ attacker: 'inside', standing: 'handshake', protocol: 'dtls', origin: 'handshake' }, datagram);
  }
  return datagram;
}

async function offerNonsense(): Promise<never> {
  const offer = await HostilePeer.deadOffer();
  for (let n = firstIndex; ; n++) {
    const sdp = bentSdp(new Dice(seed, n), offer);
    recent.add({ attacker: 'inside', standing: 'peer', protocol: 'sdp', origin: `${seed}:${n}` }, Buffer.from(sdp));
    const response = await postOffer(bridgeUrl, `bent-${n % 4}`, sdp).catch(() => undefined);
    if (response?.status === 500) tell({ type: 'failure', kind: 'server error', text: await response.text() });
    else await response?.arrayBuffer();
    await passed(SDP_EVERY_MS);
  }
}
