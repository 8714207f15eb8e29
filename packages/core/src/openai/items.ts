import * as z from 'zod/mini';
import { base64Text, idText, longText, nameText } from './limits.ts';

const MAX_PARTS = 64;
const itemStatus = z.enum(['completed', 'incomplete', 'in_progress']);

const inputText = z.strictObject({ type: z.literal('input_text'), text: longText });
const inputAudio = z.strictObject({
  type: z.literal('input_audio'),
  audio: z.optional(base64Text),
  transcript: z.optional(z.nullable(longText)),
});
const inputImage = z.strictObject({
  type: z.literal('input_image'),
  image_url: base64Text,
  detail: z.optional(z.enum(['auto', 'low', 'high'])),
});
const outputText = z.strictObject({ type: z.literal('output_text'), text: longText });

const clientBase = {
  id: z.optional(idText),
  object: z.optional(z.literal('realtime.item')),
  status: z.optional(itemStatus),
};

function clientMessage<Role extends string, Part extends z.ZodMiniType>(role: Role, part: Part) {
  return z.strictObject({
    ...clientBase,
    type: z.literal('message'),
    role: z.literal(role),
    content: z.array(part).check(z.minLength(1), z.maxLength(MAX_PARTS)),
  });
}

const clientFunctionCall = z.strictObject({
  ...clientBase,
  type: z.literal('function_call'),
  name: nameText,
  arguments: longText,
  call_id: z.optional(idText),
});
const clientFunctionCallOutput = z.strictObject({
  ...clientBase,
  type: z.literal('function_call_output'),
  call_id: idText,
  output: longText,
});
const clientMcpApproval = z.strictObject({
  ...clientBase,
  type: z.literal('mcp_approval_response'),
  approval_request_id: idText,
  approve: z.boolean(),
  reason: z.optional(z.nullable(longText)),
});

const clientItems = [
  z.discriminatedUnion('role', [
    clientMessage('system', inputText),
    clientMessage('user', z.discriminatedUnion('type', [inputText, inputAudio, inputImage])),
    clientMessage('assistant', outputText),
  ]),
  clientFunctionCall,
  clientFunctionCallOutput,
  clientMcpApproval,
] as const;

/** An item as a client may create it. Assistant audio cannot be created: restored history is text. */
export const clientItemSchema = z.discriminatedUnion('type', [...clientItems]);
/** One item of {@link clientItemSchema}. */
export type ClientItem = z.infer<typeof clientItemSchema>;

/** An item, or a reference to one, as the input of a single response. */
export const responseInputSchema = z.discriminatedUnion('type', [
  ...clientItems,
  z.strictObject({ type: z.literal('item_reference'), id: idText }),
]);

/** Anything newer than these schemas, or a known thing in a shape they do not take. */
const other = z.pipe(
  z.object({ type: z.string(), id: z.optional(z.string()) }),
  z.transform((value) => ({ type: 'other' as const, id: value.id, kind: value.type })),
);

const contentPart = z.union([
  z.discriminatedUnion('type', [
    z.object({ type: z.literal('input_text'), text: z.string() }),
    z.object({
      type: z.literal('input_audio'),
      audio: z.optional(z.nullable(z.string())),
      transcript: z.optional(z.nullable(z.string())),
    }),
    z.object({
      type: z.literal('input_image'),
      image_url: z.optional(z.string()),
      detail: z.optional(z.enum(['auto', 'low', 'high'])),
    }),
    z.object({ type: z.literal('output_text'), text: z.string() }),
    z.object({
      type: z.literal('output_audio'),
      audio: z.optional(z.nullable(z.string())),
      transcript: z.optional(z.nullable(z.string())),
    }),
  ]),
  other,
]);
/** One part of a message's content. */
export type ContentPart = z.infer<typeof contentPart>;

const serverBase = {
  id: z.string(),
  object: z.optional(z.literal('realtime.item')),
  status: z.optional(z.nullable(itemStatus)),
};
const serverMessage = z.object({
  ...serverBase,
  type: z.literal('message'),
  role: z.enum(['system', 'user', 'assistant']),
  content: z.array(contentPart),
});
const mcpCall = { id: z.string(), server_label: z.string(), name: z.string(), arguments: z.string() };

/** An item as a server tells of it; one newer than this schema arrives as `{ type: 'other', id, kind }`. */
export const serverItemSchema = z.union([
  z.discriminatedUnion('type', [
    serverMessage,
    z.object({
      ...serverBase,
      type: z.literal('function_call'),
      call_id: z.string(),
      name: z.string(),
      arguments: z.string(),
    }),
    z.object({ ...serverBase, type: z.literal('function_call_output'), call_id: z.string(), output: z.string() }),
    z.object({ type: z.literal('mcp_list_tools'), id: z.string(), server_label: z.string() }),
    z.object({ type: z.literal('mcp_call'), ...mcpCall, output: z.optional(z.nullable(z.string())) }),
    z.object({ type: z.literal('mcp_approval_request'), ...mcpCall }),
    z.object({
      type: z.literal('mcp_approval_response'),
      id: z.string(),
      approval_request_id: z.string(),
      approve: z.boolean(),
      reason: z.optional(z.nullable(z.string())),
    }),
  ]),
  other,
]);
/** One item of {@link serverItemSchema}. */
export type ServerItem = z.infer<typeof serverItemSchema>;
/** A message as a server tells of it. */
export type ServerMessage = z.infer<typeof serverMessage>;
