import * as z from 'zod/mini';
import type { Parsed } from '../parsed.ts';
import { iceCandidateSchema } from './ice-candidate.ts';
import { textOf } from './text-of.ts';
import { parseJson } from './wire.ts';

/** The signaling addresses of a conversation's phones. */
export const PHONE_IDS = [
  'mobile',
  'mobile-2',
  'mobile-3',
  'mobile-4',
  'mobile-5',
  'mobile-6',
  'mobile-7',
  'mobile-8',
] as const;
/** One of {@link PHONE_IDS}. */
export type PhoneId = (typeof PHONE_IDS)[number];

/** Every signaling address of a conversation: its desktop, and up to eight phones. */
export const PEER_IDS = ['desktop', ...PHONE_IDS] as const;
/** One of {@link PEER_IDS}. */
export type PeerId = (typeof PEER_IDS)[number];

/** The peer id that a path or a field names; undefined for anything else, other spellings included. */
export function parsePeerId(text: string): PeerId | undefined {
  return PEER_IDS.find((peerId) => peerId === text);
}

/** Longest signaling message a peer may send, in bytes of UTF-8. */
export const MAX_SIGNALING_LENGTH = 65_536;
/** What the bridge may put into a message on its way: `from`. */
const MAX_ADDED_LENGTH = 64;

const sdp = textOf(1, MAX_SIGNALING_LENGTH);
const peerId = z.enum(PEER_IDS);
const to = z.optional(peerId);
/** Names the connection an offer begins or renews: what answers it or belongs to it says the same. */
const connection_id = z.optional(textOf(1, 64));

/** What a peer may say to another one; the desktop names a phone in `to` (left out: `mobile`), a phone always means the desktop. */
export const signalingMessageSchema = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('offer'), sdp, connection_id, to }),
  z.strictObject({ type: z.literal('answer'), sdp, connection_id, to }),
  z.strictObject({ type: z.literal('candidate'), candidate: iceCandidateSchema, connection_id, to }),
]);
/** One message of {@link signalingMessageSchema}. */
export type SignalingMessage = z.infer<typeof signalingMessageSchema>;

const from = z.optional(peerId);
const state = z.enum(['joined', 'left', 'replaced', 'removed', 'accepted']);

/**
 * What a peer hears: what others said to it, with `from` for what came from a further phone, and from the bridge itself `peer` and
 * `error`. The desktop is told of its phones, a phone of the desktop; `replaced` and `removed` also tell a peer of its own end, and
 * `accepted` tells a phone of itself: the desktop confirmed it.
 */
export const signalingEventSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('offer'), sdp, connection_id, from }),
  z.object({ type: z.literal('answer'), sdp, connection_id, from }),
  z.object({ type: z.literal('candidate'), candidate: iceCandidateSchema, connection_id, from }),
  z.object({ type: z.literal('peer'), peer_id: peerId, state }),
  z.object({ type: z.literal('error'), code: z.string(), message: z.string() }),
]);
/** One message of {@link signalingEventSchema}. */
export type SignalingEvent = z.infer<typeof signalingEventSchema>;
type PeerEventState = z.infer<typeof state>;

/** What the bridge tells of a peer. */
export function peerEvent(peerId: PeerId, state: PeerEventState): SignalingEvent {
  return { type: 'peer', peer_id: peerId, state };
}

/** Reads what a peer wants to say to another one; never throws. */
export function parseSignalingMessage(text: string): Parsed<SignalingMessage> {
  return parseJson(signalingMessageSchema, text, MAX_SIGNALING_LENGTH);
}

/** Reads what a peer is told; never throws. */
export function parseSignalingEvent(text: string): Parsed<SignalingEvent> {
  return parseJson(signalingEventSchema, text, MAX_SIGNALING_LENGTH + MAX_ADDED_LENGTH);
}
