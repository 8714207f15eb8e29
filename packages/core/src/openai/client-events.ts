import * as z from 'zod/mini';
import { decodeJson, parseValue } from '../protocol/wire.ts';
import { type ClientFault, clientFault } from './client-fault.ts';
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
      /** The same in OpenAI's words, which repeat the value at fault: for the client alone, not for a log. Undefined when it was no JSON. */
      readonly fault: ClientFault | undefined;
    };

const EVENT_TYPES: readonly string[] = clientEventSchema._zod.def.options.flatMap((option) => [
  ...option._zod.def.shape.type._zod.def.values,
]);
const envelope = z.object({
  type: z.catch(z.optional(idText), undefined),
  event_id: z.catch(z.optional(idText), undefined),
});

/** Reads one event of an untrusted client, at most {@link MAX_CLIENT_EVENT_LENGTH} long; never throws. */
export function parseClientEvent(text: string): ParsedClientEvent {
  const decoded = decodeJson(text, MAX_CLIENT_EVENT_LENGTH);
  if (!decoded.ok) {
    return { ok: false, problem: decoded.problem, eventId: undefined, eventType: undefined, fault: undefined };
  }
  const parsed = z.safeParse(clientEventSchema, decoded.value);
  if (parsed.success) return { ok: true, value: parsed.data };
  const read = z.safeParse(envelope, decoded.value);
  const { event_id: eventId, type: eventType } = read.success ? read.data : { event_id: undefined, type: undefined };
  const fault = eventFault(parsed.error.issues, decoded.value, eventType);
  const told = parseValue(clientEventSchema, decoded.value);
  return { ok: false, problem: told.ok ? 'Invalid' : told.problem, eventId, eventType, fault };
}

function eventFault(issues: readonly z.core.$ZodIssue[], value: unknown, type: string | undefined): ClientFault {
  if (type === undefined) return { code: 'invalid_event', message: "The 'type' field is missing.", param: null };
  if (EVENT_TYPES.includes(type)) return clientFault(issues, value);
  const supported = EVENT_TYPES.map((each) => `'${each}'`);
  const list = `${supported.slice(0, -1).join(', ')}, and ${supported.at(-1)}`;
  const shown = type.slice(0, 64).replaceAll(/[^\w.:-]/g, '?');
  return { code: 'invalid_value', message: `Invalid value: '${shown}'. Supported values are: ${list}.`, param: 'type' };
}

/** Writes an event as the text that travels. */
export function encodeClientEvent(event: ClientEvent): string {
  return JSON.stringify(event);
}
