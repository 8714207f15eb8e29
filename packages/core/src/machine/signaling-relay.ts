import type { ErrorCode } from '../errors.ts';
import {
  type PeerId,
  type PhoneId,
  parseSignalingMessage,
  peerEvent,
  type SignalingEvent,
  type SignalingMessage,
} from '../protocol/signaling.ts';
import type { Step } from './machine.ts';

/** What one peer has for another one that is not there. */
type Line =
  /** Goes out when the other one joins. */
  | { readonly name: 'waiting'; readonly texts: readonly string[] }
  /** The other one was there and left: only a new offer can mean whoever comes next. */
  | { readonly name: 'stale' };

/** The signaling of one conversation: who is there, by which connection, and what waits for those who are not. */
export interface SignalingRelayState {
  readonly peers: ReadonlyMap<PeerId, number>;
  /** By `from>to`; the sender is there and the receiver is not. */
  readonly lines: ReadonlyMap<string, Line>;
}

/** What the relay is told; a `connection` is any number that is not used twice. */
export type SignalingRelayInput =
  | { readonly type: 'join'; readonly peerId: PeerId; readonly connection: number }
  | { readonly type: 'message'; readonly connection: number; readonly text: string }
  | { readonly type: 'leave'; readonly connection: number }
  /** The desktop does not want this phone any more. */
  | { readonly type: 'remove'; readonly peerId: PhoneId }
  /** The desktop confirmed this phone. */
  | { readonly type: 'accept'; readonly peerId: PhoneId };

/** What the relay wants done, in order. */
export type SignalingRelayEffect =
  | { readonly type: 'send'; readonly connection: number; readonly text: string }
  /** Somebody else has this connection's peer id now; it was told. */
  | { readonly type: 'closeReplaced'; readonly connection: number }
  /** The peer was removed; it was told. */
  | { readonly type: 'closeRemoved'; readonly connection: number }
  /** `to` is not there; what `from` said waits for it, or (`waits` false) means a connection that is gone, and is dropped. */
  | { readonly type: 'absent'; readonly from: PeerId; readonly to: PeerId; readonly waits: boolean };

type RelayStep = Step<SignalingRelayState, SignalingRelayEffect>;
type Lines = ReadonlyMap<string, Line>;

/** Most messages that wait for one absent peer, from one other. */
export const MAX_WAITING_MESSAGES = 64;
/** Most bytes of UTF-8 of one peer that wait, for all absent ones together. */
export const MAX_WAITING_LENGTH = 131_072;

/** A conversation without peers. Who is back at this state may be forgotten. */
export const emptySignalingRelay: SignalingRelayState = { peers: new Map(), lines: new Map() };

/**
 * One step of a conversation's signaling. Messages pass unread but for their shape and address, byte for byte; only what a further
 * phone says gets `from` put in front. What cannot pass is answered with `error`, and nothing else happens.
 */
export function stepSignalingRelay(state: SignalingRelayState, input: SignalingRelayInput): RelayStep {
  switch (input.type) {
    case 'join':
      return join(state, input.peerId, input.connection);
    case 'leave':
      return leave(state, input.connection);
    case 'remove':
      return remove(state, input.peerId);
    case 'accept': {
      const connection = state.peers.get(input.peerId);
      return {
        state,
        effects: connection === undefined ? [] : [tell(connection, peerEvent(input.peerId, 'accepted'))],
      };
    }
    case 'message': {
      const from = peerOf(state, input.connection);
      return from === undefined ? { state, effects: [] } : pass(state, from, input.connection, input.text);
    }
  }
}

function join({ peers, lines }: SignalingRelayState, peerId: PeerId, connection: number): RelayStep {
  const replaced = peers.get(peerId);
  const others = counterparts(peers, peerId);
  const effects: SignalingRelayEffect[] = [];
  if (replaced !== undefined) {
    effects.push(tell(replaced, peerEvent(peerId, 'replaced')));
    effects.push({ type: 'closeReplaced', connection: replaced });
    for (const [, other] of others) effects.push(tell(other, peerEvent(peerId, 'replaced')));
  }
  for (const [other] of others) effects.push(tell(connection, peerEvent(other, 'joined')));
  for (const [other] of others) {
    const line = lines.get(keyOf(other, peerId));
    if (line?.name === 'waiting') for (const text of line.texts) effects.push({ type: 'send', connection, text });
  }
  for (const [, other] of others) effects.push(tell(other, peerEvent(peerId, 'joined')));
  const kept = without(lines, (from, to) => from === peerId || to === peerId);
  return { state: { peers: new Map(peers).set(peerId, connection), lines: kept }, effects };
}

function leave(state: SignalingRelayState, connection: number): RelayStep {
  const peerId = peerOf(state, connection);
  // It was replaced: its end was told when that happened.
  return peerId === undefined ? { state, effects: [] } : goneFrom(state, peerId, 'left');
}

function remove(state: SignalingRelayState, peerId: PhoneId): RelayStep {
  const gone = goneFrom(state, peerId, 'removed');
  const connection = state.peers.get(peerId);
  if (connection === undefined) return gone;
  const told = tell(connection, peerEvent(peerId, 'removed'));
  return { state: gone.state, effects: [told, { type: 'closeRemoved', connection }, ...gone.effects] };
}

function goneFrom(state: SignalingRelayState, peerId: PeerId, how: 'left' | 'removed'): RelayStep {
  const peers = new Map(state.peers);
  peers.delete(peerId);
  const others = counterparts(peers, peerId);
  const lines = new Map(without(state.lines, (from) => from === peerId));
  for (const [other] of others) lines.set(keyOf(other, peerId), { name: 'stale' });
  const effects = others.map(([, other]) => tell(other, peerEvent(peerId, how)));
  return { state: { peers, lines }, effects };
}

function pass(state: SignalingRelayState, from: PeerId, connection: number, text: string): RelayStep {
  const refuse = (code: ErrorCode, message: string): RelayStep => ({
    state,
    effects: [tell(connection, { type: 'error', code, message })],
  });
  // Server-sent events could not carry it as it is, and outside of strings, where it is escaped, it means nothing.
  if (text.includes('\r')) return refuse('invalid_message', 'A carriage return cannot pass');
  const parsed = parseSignalingMessage(text);
  if (!parsed.ok) return refuse('invalid_message', parsed.problem);
  const to = addressOf(from, parsed.value);
  if (to === undefined) {
    return refuse('invalid_message', from === 'desktop' ? 'to: expected a phone' : 'to: expected the desktop');
  }
  const forwarded = withSender(from, text);
  const receiver = state.peers.get(to);
  if (receiver !== undefined) return { state, effects: [{ type: 'send', connection: receiver, text: forwarded }] };

  const line = lineAfter(state.lines.get(keyOf(from, to)), parsed.value, forwarded);
  const elsewhere = without(state.lines, (sender, absent) => sender !== from || absent === to);
  if (!fits(line, [...elsewhere.values()]))
    return refuse('not_connected', `${to} is not connected, and no more can wait for it`);
  const lines = new Map(state.lines).set(keyOf(from, to), line);
  const waits = line.name === 'waiting';
  return { state: { peers: state.peers, lines }, effects: [{ type: 'absent', from, to, waits }] };
}

/** What waits after one more message. An offer begins anew: what was said before it is void. */
function lineAfter(line: Line | undefined, message: SignalingMessage, text: string): Line {
  if (message.type === 'offer') return { name: 'waiting', texts: [text] };
  if (line?.name === 'stale') return line;
  return { name: 'waiting', texts: [...(line?.texts ?? []), text] };
}

function fits(line: Line, elsewhere: readonly Line[]): boolean {
  if (line.name === 'stale') return true;
  const texts = [line, ...elsewhere].flatMap((each) => (each.name === 'waiting' ? each.texts : []));
  const length = texts.reduce((sum, text) => sum + utf8Length(text), 0);
  return line.texts.length <= MAX_WAITING_MESSAGES && length <= MAX_WAITING_LENGTH;
}

function addressOf(from: PeerId, { to }: SignalingMessage): PeerId | undefined {
  if (from === 'desktop') return to === 'desktop' ? undefined : (to ?? 'mobile');
  return to === undefined || to === 'desktop' ? 'desktop' : undefined;
}

/** The text is a JSON object with fields and without `from`: it was checked. The rest of it stays byte for byte. */
function withSender(from: PeerId, text: string): string {
  if (from === 'desktop' || from === 'mobile') return text;
  return `{"from":"${from}",${text.trimStart().slice(1)}`;
}

/** Who hears of this peer, and whom it talks to: the desktop and its phones; phones know nothing of each other. */
function counterparts(peers: ReadonlyMap<PeerId, number>, peerId: PeerId): [PeerId, number][] {
  return [...peers].filter(([other]) => (other === 'desktop') !== (peerId === 'desktop'));
}

function peerOf({ peers }: SignalingRelayState, connection: number): PeerId | undefined {
  for (const [peerId, each] of peers) if (each === connection) return peerId;
  return undefined;
}

function tell(connection: number, event: SignalingEvent): SignalingRelayEffect {
  return { type: 'send', connection, text: JSON.stringify(event) };
}

function without(lines: Lines, gone: (from: string, to: string) => boolean): Lines {
  return new Map([...lines].filter(([key]) => !gone(key.split('>')[0] ?? '', key.split('>')[1] ?? '')));
}

function keyOf(from: PeerId, to: PeerId): string {
  return `${from}>${to}`;
}

/** Bytes of UTF-8; half a surrogate pair counts as what it is replaced by. */
function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
