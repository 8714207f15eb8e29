import {
  type BridgeRequest,
  type BridgeResponse,
  bridgeRequestSchema,
  type ConfigResponse,
  type Parsed,
  PROTOCOL_VERSION,
  parseValue,
  SESSION_PARAMETER,
  textRequestSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import type { SessionDirectory } from '../directory/session-directory.ts';
import { sessionOptionsOf } from '../directory/session-options.ts';
import type { Settings } from '../settings.ts';
import type { Journal } from '../store/journal.ts';
import type { Access } from './access.ts';
import type { Endpoints, RequestFacts } from './http-interface.ts';
import { ANONYMOUS, type Identity, mayDo, mayTouch, type Scope } from './identity.ts';
import { readJsonBody } from './read-body.ts';

/** Says what is wrong with an offer, before anything is dialled for it. */
export type ValidateOffer = (sdp: string) => Parsed<unknown>;

/** What the endpoints run on. */
export interface BridgeEndpointsOptions {
  readonly settings: Settings;
  readonly access: Access;
  readonly directory: SessionDirectory;
  readonly journal: Journal;
  readonly validateOffer: ValidateOffer;
  readonly mintSessionId: () => string;
}

/** The endpoints of `api/realtime`: requests checked from the outside in, then handed to the directory. */
export function createBridgeEndpoints(options: BridgeEndpointsOptions): Endpoints {
  const { settings, access, directory } = options;
  const { limits } = settings;
  return {
    async config(request, { bind }) {
      await access.identify(request, bind);
      const body: ConfigResponse = {
        protocol_version: PROTOCOL_VERSION,
        ice_servers: [...settings.iceServers],
        transports: ['webrtc'],
        limits: {
          max_text_length: limits.textLength,
          max_session_minutes: limits.sessionMinutes,
          idle_minutes: limits.idleMinutes,
        },
      };
      return Response.json(body);
    },

    async openBridge(request, facts) {
      const identity = await access.identify(request, facts.bind);
      requireScope(identity, 'join');
      const body = valid(parseValue(bridgeRequestSchema, await readJsonBody(request, limits.bodyBytes)));
      if (!mayTouch(identity, body.conversation_id)) {
        throw new VoiceBridgeError('forbidden', 'This conversation is not yours');
      }
      const offer = options.validateOffer(body.offer);
      if (!offer.ok) throw new VoiceBridgeError('invalid_offer', `The offer cannot be taken: ${offer.problem}`);
      return Response.json(await openSession(options, body, identity, request, facts));
    },

    async closeBridge(request, { bind, conversationId }) {
      const identity = await access.identify(request, bind);
      requireConversation(identity, conversationId);
      requireScope(identity, 'close');
      const sessionId = new URL(request.url).searchParams.get(SESSION_PARAMETER);
      if (sessionId === null) await directory.close(conversationId, 'stopped');
      else await directory.closeSession(conversationId, sessionId, 'stopped');
      return Response.json({ status: 'closed' });
    },

    async sendText(request, { bind, conversationId }) {
      const identity = await access.identify(request, bind);
      requireConversation(identity, conversationId);
      requireScope(identity, 'text');
      const value = await readJsonBody(request, limits.bodyBytes);
      if (lengthOfText(value) > limits.textLength) {
        throw new VoiceBridgeError('text_too_long', `The text is longer than ${limits.textLength} characters`);
      }
      const { text } = valid(parseValue(textRequestSchema, value));
      if (!directory.sendText(conversationId, text)) throw noSession();
      return Response.json({ status: 'sent' });
    },
  };
}

async function openSession(
  options: BridgeEndpointsOptions,
  body: BridgeRequest,
  identity: Identity,
  request: Request,
  facts: RequestFacts,
): Promise<BridgeResponse> {
  const { settings, directory, journal } = options;
  const { historyLines: lines, historyCharacters: characters, textLength } = settings.limits;
  const { sessionId, answer } = await directory.open({
    conversationId: body.conversation_id,
    subject: identity.subject,
    named: identity !== ANONYMOUS,
    offer: body.offer,
    textLength: mayDo(identity, 'text') ? textLength : 0,
    renews: body.session_id,
    signal: request.signal,
    prepare: async () =>
      sessionOptionsOf(settings, {
        sessionId: options.mintSessionId(),
        request: body,
        loopback: facts.bind === 'loopback',
        history: await journal.history(body.conversation_id, { lines, characters }),
      }),
  });
  return { session_id: sessionId, answer };
}

function valid<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  throw new VoiceBridgeError('invalid_request', parsed.problem);
}

function requireScope(identity: Identity, scope: Scope): void {
  if (!mayDo(identity, scope)) throw new VoiceBridgeError('forbidden', `You may not do this: '${scope}' is missing`);
}

/** The same answer whether the conversation is somebody else's or nobody's. */
function requireConversation(identity: Identity, conversationId: string): void {
  if (!mayTouch(identity, conversationId)) throw noSession();
}

function noSession(): VoiceBridgeError {
  return new VoiceBridgeError('not_found', 'This conversation has no session');
}

function lengthOfText(value: unknown): number {
  const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  return typeof text === 'string' ? text.length : 0;
}
