import * as z from 'zod/mini';
import { CONVERSATION_ID_PATTERN } from '../ids.ts';
import { MAX_NAME_LENGTH } from './participants.ts';
import { PHONE_IDS } from './signaling.ts';
import { textLike, textOf } from './text-of.ts';

/** How long a token and its code can be redeemed, in seconds. */
export const PAIRING_SECONDS = 120;
/** Letters of a pairing code: none looks like another one, or like a digit. */
export const PAIRING_CODE_ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
/** Letters of a pairing code, without the dash in the middle. */
export const PAIRING_CODE_LENGTH = 8;
/** Every credential of a phone begins with this, and no token of an application is taken for one that does not. */
export const PHONE_CREDENTIAL_PREFIX = 'vbphone.';

const MAX_SECRET_LENGTH = 128;
const phoneId = z.enum(PHONE_IDS);
const seconds = z.number();

/** `POST /api/realtime/pairing`: a token and a code for one phone of the conversation. What the peer id had before goes on until the new one is redeemed. */
export const pairingRequestSchema = z.strictObject({
  conversation_id: textLike(CONVERSATION_ID_PATTERN),
  /** Left out: the first of them that nobody has. */
  peer_id: z.optional(phoneId),
  /** The phone waits until it is accepted. */
  confirm: z.optional(z.boolean()),
});
/** The body of {@link pairingRequestSchema}. */
export type PairingRequest = z.infer<typeof pairingRequestSchema>;

/** Answer to {@link pairingRequestSchema}: either of token and code can be redeemed, once. */
export const pairingResponseSchema = z.object({
  token: z.string(),
  /** Eight characters, as `XXXX-XXXX`. */
  code: z.string(),
  peer_id: phoneId,
  expires_in_seconds: seconds,
});
/** The body of {@link pairingResponseSchema}. */
export type PairingResponse = z.infer<typeof pairingResponseSchema>;

const secret = textOf(1, MAX_SECRET_LENGTH);
/** How the desktop is told who this is. */
const name = z.optional(textOf(1, MAX_NAME_LENGTH));

/** `POST /api/realtime/pairing/redeem`, without a token of an application. A code may be typed in any case, with or without its dash. */
export const redeemRequestSchema = z.union([
  z.strictObject({ token: secret, name }),
  z.strictObject({ code: secret, name }),
]);
/** The body of {@link redeemRequestSchema}. */
export type RedeemRequest = z.infer<typeof redeemRequestSchema>;

/** `waiting`: may signal, and nothing else, until the desktop accepts it. */
const phoneState = z.enum(['waiting', 'accepted']);

/** Answer to {@link redeemRequestSchema} and to `POST /api/realtime/pairing/renew`: who the phone is from now on. */
export const phoneCredentialSchema = z.object({
  credential: z.string(),
  conversation_id: z.string(),
  peer_id: phoneId,
  state: phoneState,
  /** Renew it before. */
  expires_in_seconds: seconds,
});
/** The body of {@link phoneCredentialSchema}. */
export type PhoneCredential = z.infer<typeof phoneCredentialSchema>;

/** Answer to `GET /api/realtime/pairing/{conversation_id}/phones`: the invitations and the phones of a conversation. */
export const pairedPhonesSchema = z.object({
  phones: z.array(
    z.object({
      peer_id: phoneId,
      /** Of this pairing, for as long as it lasts: the next phone with this peer id has another one. Null while nobody came. */
      phone_id: z.nullable(z.string()),
      state: z.enum(['invited', 'waiting', 'accepted']),
      /** What the phone calls itself. */
      name: z.nullable(z.string()),
      expires_in_seconds: seconds,
    }),
  ),
});
/** The body of {@link pairedPhonesSchema}. */
export type PairedPhones = z.infer<typeof pairedPhonesSchema>;

/** Answer to `POST /api/realtime/pairing/{conversation_id}/{peer_id}`: the phone may do all it may. */
export const acceptedResponseSchema = z.object({ status: z.literal('accepted') });

/** Answer to `GET /api/realtime/conversations`: those with a session that the caller may join. */
export const conversationListSchema = z.object({
  conversations: z.array(
    z.object({
      conversation_id: z.string(),
      state: z.enum(['opening', 'open', 'closing']),
      /** In ms since 1970. */
      opened_at: z.number(),
      /** How many are connected. */
      participants: z.number(),
    }),
  ),
});
/** The body of {@link conversationListSchema}. */
export type ConversationList = z.infer<typeof conversationListSchema>;

/** The letters of a code as somebody typed it, upper case and without dash and spaces; undefined for what cannot be one. */
export function readPairingCode(text: string): string | undefined {
  const letters = text.toUpperCase().replaceAll(/[\s-]/g, '');
  const isCode =
    letters.length === PAIRING_CODE_LENGTH && [...letters].every((each) => PAIRING_CODE_ALPHABET.includes(each));
  return isCode ? letters : undefined;
}

/** The letters of a code as it is shown: `XXXX-XXXX`. */
export function showPairingCode(letters: string): string {
  const half = PAIRING_CODE_LENGTH / 2;
  return `${letters.slice(0, half)}-${letters.slice(half)}`;
}
