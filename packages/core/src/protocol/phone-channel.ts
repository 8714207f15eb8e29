import * as z from 'zod/mini';
import { type Parsed, parsedProblem } from '../parsed.ts';
import { assistantStateSchema, transcriptEntrySchema } from './control.ts';
import { MAX_NAME_LENGTH } from './participants.ts';
import { textOf } from './text-of.ts';
import { decodeJson, parseValue } from './wire.ts';

/** Label of the data channel between a desktop and its phone: reliable, ordered, JSON text. Its end is the version. */
export const PHONE_CHANNEL_LABEL = 'voice-bridge.phone.v1';
/** The version of the messages, as both ends say it in `hello`: an end that reads a higher one says `bye`, and no other connection is tried. */
export const PHONE_CHANNEL_VERSION = 1;
/** Longest message either end reads, in UTF-16 units. */
export const MAX_PHONE_MESSAGE_LENGTH = 16_384;
/** How often the desktop sends a `ping`, in ms; an end that heard nothing at all for three of them takes the other one for gone. */
export const PHONE_PING_MS = 2_000;
/** Most messages an end sends in a second while nothing happens. */
export const PHONE_IDLE_MESSAGES_PER_SECOND = 4;

const share = z.number().check(z.minimum(0), z.maximum(1));

/** Measures the round trip: answered at once with `pong` and the same id. */
const ping = z.object({ type: z.literal('ping'), id: z.number() });
const pong = z.object({ type: z.literal('pong'), id: z.number() });
/**
 * From the phone: whether it keeps its microphone silent itself. From the desktop, first of all and whenever it changes: whether it is
 * muted there. A phone is silent while either of the two wishes so: neither undoes the other's mute.
 */
const mute = z.object({ type: z.literal('mute'), muted: z.boolean() });
/** From the phone: how loud it plays, 0 to 1. From the desktop: it wishes that; the phone follows. */
const volume = z.object({ type: z.literal('volume'), volume: share, muted: z.boolean() });
/** This end goes, and does not come back by itself. */
const bye = z.object({ type: z.literal('bye'), reason: z.enum(['left', 'closed', 'removed', 'protocol_mismatch']) });

/** The first message of the desktop. */
const desktopHello = z.object({
  type: z.literal('hello'),
  protocol_version: z.number(),
  conversation_id: z.string(),
});
/** Where the desktop's own connection to the bridge is. */
const session = z.object({
  type: z.literal('session'),
  state: z.enum(['idle', 'connecting', 'connected', 'reconnecting', 'closed', 'failed']),
  /** Whether the bridge detects no turns: a phone is then silent but for the turns it tells with `talk`. Left out: it detects them. */
  push_to_talk: z.optional(z.boolean()),
});
const assistant = z.object({ type: z.literal('assistant'), state: assistantStateSchema });
/** A line, new or changed, with its whole text, which may be cut at the front; new ones come at the end. */
const transcript = z.object({ type: z.literal('transcript'), entry: transcriptEntrySchema });
/** More text at the end of a line. */
const transcriptDelta = z.object({ type: z.literal('transcript_delta'), id: z.string(), delta: z.string() });

/** The first message of the phone. */
const phoneHello = z.object({
  type: z.literal('hello'),
  protocol_version: z.number(),
  /** How the desktop shows it. */
  name: z.optional(z.nullable(textOf(0, MAX_NAME_LENGTH))),
});
/** How loud the phone's microphone and speaker are, 0 to 1 as root mean square; at most two a second, only when it changed. */
const levels = z.object({ type: z.literal('levels'), microphone: share, speaker: share });
/** Push-to-talk: the phone's button went down, and a turn of its user begins; or it went up: what was said is a turn to answer. */
const talk = z.object({ type: z.literal('talk'), talking: z.boolean() });
/** The phone's battery, 0 to 1; null: it does not say. Only when it changed. */
const battery = z.object({ type: z.literal('battery'), level: z.nullable(share), charging: z.nullable(z.boolean()) });

const DESKTOP_MESSAGES = { hello: desktopHello, session, assistant, transcript, transcript_delta: transcriptDelta };
const PHONE_MESSAGES = { hello: phoneHello, levels, talk, battery };
const BOTH = { ping, pong, mute, volume, bye };

/** What a desktop tells its phone. */
export type DesktopMessage = z.infer<
  (typeof DESKTOP_MESSAGES)[keyof typeof DESKTOP_MESSAGES] | (typeof BOTH)[keyof typeof BOTH]
>;
/** What a phone tells its desktop. */
export type PhoneMessage = z.infer<
  (typeof PHONE_MESSAGES)[keyof typeof PHONE_MESSAGES] | (typeof BOTH)[keyof typeof BOTH]
>;

const FROM_DESKTOP: ReadonlyMap<unknown, z.ZodMiniType<DesktopMessage>> = new Map(
  Object.entries<z.ZodMiniType<DesktopMessage>>({ ...DESKTOP_MESSAGES, ...BOTH }),
);
const FROM_PHONE: ReadonlyMap<unknown, z.ZodMiniType<PhoneMessage>> = new Map(
  Object.entries<z.ZodMiniType<PhoneMessage>>({ ...PHONE_MESSAGES, ...BOTH }),
);

/** Reads what a desktop told its phone; never throws. A type this version does not know is a problem, and none of the reader's business. */
export function parseDesktopMessage(text: string): Parsed<DesktopMessage> {
  return parse(FROM_DESKTOP, text);
}

/** Reads what a phone told its desktop; never throws. A type this version does not know is a problem, and none of the reader's business. */
export function parsePhoneMessage(text: string): Parsed<PhoneMessage> {
  return parse(FROM_PHONE, text);
}

function parse<Message>(schemas: ReadonlyMap<unknown, z.ZodMiniType<Message>>, text: string): Parsed<Message> {
  const decoded = decodeJson(text, MAX_PHONE_MESSAGE_LENGTH);
  if (!decoded.ok) return decoded;
  const { value } = decoded;
  const schema = schemas.get(typeof value === 'object' && value !== null && 'type' in value ? value.type : undefined);
  return schema === undefined ? parsedProblem('type: not one of the allowed values') : parseValue(schema, value);
}
