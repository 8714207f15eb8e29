import * as z from 'zod/mini';
import type { Parsed } from '../parsed.ts';
import { decodeJson, parseValue } from '../protocol/wire.ts';
import { clientItemSchema } from './items.ts';
import { base64Text, idText, MAX_CLIENT_EVENT_LENGTH } from './limits.ts';
import { responseParamsSchema } from './responses.ts';
import { sessionConfigSchema } from './session-config.ts';

const index = z.int().check(z.minimum(0));

function event<Type extends string, Shape extends z.core.$ZodShape>(type: Type, shape: Shape) {
  return z.strictObject({ type: z.literal(type), event_id: z.optional(idText), ...shape });
}

/** All 11 events a client may send (OpenAI Realtime GA). Unknown fields are refused, as OpenAI does. */
export const clientEventSchema = z.discriminatedUnion('type', [
  event('session.update', { session: sessionConfigSchema }),
  /** Base64 of the audio format of the session; never acknowledged. */
  event('input_audio_buffer.append', { audio: base64Text }),
  event('input_audio_buffer.commit', {}),
  event('input_audio_buffer.clear', {}),
  /** WebRTC and SIP only; should follow `response.cancel`. */
  event('output_audio_buffer.clear', {}),
  /** `previous_item_id` absent: at the end; `root`: at the front. */
  event('conversation.item.create', { item: clientItemSchema, previous_item_id: z.optional(z.nullable(idText)) }),
  event('conversation.item.retrieve', { item_id: idText }),
  event('conversation.item.delete', { item_id: idText }),
  event('conversation.item.truncate', { item_id: idText, content_index: index, audio_end_ms: index }),
  event('response.create', { response: z.optional(responseParamsSchema) }),
  event('response.cancel', { response_id: z.optional(idText) }),
]);
/** One event of {@link clientEventSchema}. */
export type ClientEvent = z.infer<typeof clientEventSchema>;
/** The name of an event a client may send. */
export type ClientEventType = ClientEvent['type'];
/** The client event of one name. */
export type ClientEventOf<Type extends ClientEventType> = Extract<ClientEvent, { type: Type }>;

/** What reading a client's event gives; a refusal also says which event it was about, for the `error` event that answers it. */
export type ParsedClientEvent =
  | { readonly ok: true; readonly value: ClientEvent }
  | {
      readonly ok: false;
      readonly problem: string;
      /** The client's own `event_id`, when it gave a usable one. */
      readonly eventId: string | undefined;
      /** The event's `type`, when it gave a usable one. */
      readonly eventType: string | undefined;
    };

const envelope = z.object({
  type: z.catch(z.optional(idText), undefined),
  event_id: z.catch(z.optional(idText), undefined),
});

/** Reads one event of an untrusted client, at most {@link MAX_CLIENT_EVENT_LENGTH} long; never throws. */
export function parseClientEvent(text: string): ParsedClientEvent {
  const decoded = decodeJson(text, MAX_CLIENT_EVENT_LENGTH);
  if (!decoded.ok) return { ok: false, problem: decoded.problem, eventId: undefined, eventType: undefined };
  const parsed: Parsed<ClientEvent> = parseValue(clientEventSchema, decoded.value);
  if (parsed.ok) return parsed;
  const read = z.safeParse(envelope, decoded.value);
  const { event_id: eventId, type: eventType } = read.success ? read.data : { event_id: undefined, type: undefined };
  return { ok: false, problem: parsed.problem, eventId, eventType };
}

/** Writes an event as the text that travels. */
export function encodeClientEvent(event: ClientEvent): string {
  return JSON.stringify(event);
}
