import {
  bridgeRequestSchema,
  type ConfigResponse,
  PROTOCOL_VERSION,
  parseValue,
  SESSION_PARAMETER,
  textRequestSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { noSession } from '../directory/session-errors.ts';
import type { Inviters } from '../pairing/inviters.ts';
import { requireConversation, requireOpener, requireOwn, requireScope, valid } from './checks.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { mayOpen, mayTouch } from './identity.ts';
import { readJsonBody } from './read-body.ts';
import { askerOf, recheckOf } from './reauthorize.ts';
import type { Endpoints } from './routes.ts';
import { checkOffer, offering } from './session-requests.ts';
import { joinedOnWire } from './wire-views.ts';

/** What the endpoints of conversations run on. */
interface BridgePorts extends EndpointPorts {
  readonly inviters: Pick<Inviters, 'showed'>;
}

/** The endpoints that know a session by its conversation: requests checked from the outside in, then handed to the directory. */
export function createBridgeEndpoints(
  ports: BridgePorts,
): Pick<Endpoints, 'config' | 'openBridge' | 'closeBridge' | 'sendText'> {
  const { settings, access, directory, requests, inviters } = ports;
  const { limits } = settings;
  return {
    async config(request, { bind }) {
      await access.identify(request, bind);
      const body: ConfigResponse = {
        protocol_version: PROTOCOL_VERSION,
        ice_servers: settings.iceServers.map((server) => ({ ...server, urls: [server.urls].flat() })),
        transports: ['webrtc', 'data_channel', 'websocket'],
        limits: {
          max_text_length: limits.textLength,
          max_session_minutes: limits.sessionMinutes,
          idle_minutes: limits.idleMinutes,
        },
      };
      return Response.json(body);
    },

    async openBridge(request, { bind }) {
      const asker = await askerOf(access, request, bind);
      const { identity } = asker;
      requireScope(identity, 'join');
      const body = valid(parseValue(bridgeRequestSchema, await readJsonBody(request, limits.bodyBytes)));
      const conversationId = body.conversation_id;
      if (!mayTouch(identity, conversationId)) {
        throw new VoiceBridgeError('forbidden', 'This conversation is not yours');
      }
      inviters.showed(asker, conversationId);
      checkOffer(ports.validateOffer, body.offer);
      const { signal } = request;
      const renews = body.session_id;
      requireOpener(identity, body.join === true);
      const wanted = requests.open({ identity, bind, signal, conversationId, wishes: body, renews, waits: false });
      const { name, role, resume_token: resumeToken } = body;
      const recheck = recheckOf(asker, conversationId);
      const person = { media: offering(body.offer), name, role, resumeToken, recheck };
      const joiner = requests.join(identity, person, signal);
      const joined = body.join
        ? await directory.join(conversationId, joiner, mayOpen(identity) ? wanted : undefined)
        : await directory.openAndJoin(wanted, joiner);
      return Response.json(joinedOnWire(joined));
    },

    async closeBridge(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      requireConversation(identity, params.conversation);
      requireScope(identity, 'close');
      const sessionId = new URL(request.url).searchParams.get(SESSION_PARAMETER);
      const isMeant = sessionId === null || directory.get(params.conversation)?.sessionId === sessionId;
      if (isMeant) requireOwn(ports, identity, params.conversation);
      if (sessionId === null) await directory.close(params.conversation, 'stopped');
      else await directory.closeSession(params.conversation, sessionId, 'stopped');
      return Response.json({ status: 'closed' });
    },

    async sendText(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      requireConversation(identity, params.conversation);
      requireScope(identity, 'text');
      const value = await readJsonBody(request, limits.bodyBytes);
      if (lengthOfText(value) > limits.textLength) {
        throw new VoiceBridgeError('text_too_long', `The text is longer than ${limits.textLength} characters`);
      }
      const { text, image_url: imageUrl } = valid(parseValue(textRequestSchema, value));
      if (!directory.sendText(params.conversation, { text, imageUrl })) throw noSession();
      return Response.json({ status: 'sent' });
    },
  };
}

function lengthOfText(value: unknown): number {
  const text = typeof value === 'object' && value !== null && 'text' in value ? value.text : undefined;
  return typeof text === 'string' ? text.length : 0;
}
