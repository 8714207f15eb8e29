import {
  MAX_NAME_LENGTH,
  parseValue,
  participantRoleSchema,
  type SessionList,
  type SessionResponse,
  sessionRequestSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { noSession } from '../directory/session-errors.ts';
import type { SessionRecord } from '../directory/session-record.ts';
import { requireOpener, requireOwn, requireScope, valid } from './checks.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { type Identity, mayTouch } from './identity.ts';
import { readJsonBody, readTextBody } from './read-body.ts';
import { askerOf, recheckOf } from './reauthorize.ts';
import type { Endpoints } from './routes.ts';
import { checkOffer, type JoiningPerson, offering } from './session-requests.ts';
import { sessionOnWire } from './wire-views.ts';

const SDP = 'application/sdp';

/** The endpoints that know a session by its own id. */
export function createSessionEndpoints(
  ports: EndpointPorts,
): Pick<Endpoints, 'openSession' | 'listSessions' | 'getSession' | 'closeSession' | 'exchangeSdp'> {
  const { settings, access, directory, requests } = ports;
  const { limits } = settings;
  const sessionFor = (identity: Identity, sessionId: string): SessionRecord | undefined => {
    const record = directory.find(sessionId);
    return record !== undefined && mayTouch(identity, record.conversationId) ? record : undefined;
  };
  return {
    async openSession(request, { bind }) {
      const identity = await access.identify(request, bind);
      requireScope(identity, 'join');
      requireOpener(identity);
      const wishes = valid(parseValue(sessionRequestSchema, await readJsonBody(request, limits.bodyBytes, {})));
      const conversationId = wishes.conversation_id ?? ports.mintConversationId();
      if (!mayTouch(identity, conversationId)) {
        throw new VoiceBridgeError('forbidden', 'Name a conversation that is yours');
      }
      const { signal } = request;
      const wanted = { identity, bind, signal, conversationId, wishes, renews: undefined, waits: true };
      const { sessionId } = await directory.open(requests.open(wanted));
      const body: SessionResponse = { session_id: sessionId, status: 'connected', conversation_id: conversationId };
      return Response.json(body);
    },

    async listSessions(request, { bind }) {
      const identity = await access.identify(request, bind);
      requireScope(identity, 'read', 'join');
      const visible = directory.list().filter(({ conversationId }) => mayTouch(identity, conversationId));
      const body: SessionList = { sessions: visible.flatMap((record) => sessionOnWire(record) ?? []) };
      return Response.json(body);
    },

    async getSession(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      requireScope(identity, 'read', 'join');
      const record = sessionFor(identity, params.session);
      const body = record === undefined ? undefined : sessionOnWire(record);
      if (body === undefined) throw noSuchSession();
      return Response.json(body);
    },

    async closeSession(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      requireScope(identity, 'close');
      const record = sessionFor(identity, params.session);
      if (record !== undefined) requireOwn(ports, identity, record.conversationId);
      if (record !== undefined) await directory.closeSession(record.conversationId, record.sessionId, 'stopped');
      return Response.json({ status: 'closed' });
    },

    async exchangeSdp(request, { bind, params }) {
      const asker = await askerOf(access, request, bind);
      const { identity } = asker;
      requireScope(identity, 'join');
      const record = sessionFor(identity, params.session);
      if (record === undefined) throw noSuchSession();
      const offer = await readTextBody(request, SDP, limits.bodyBytes);
      checkOffer(ports.validateOffer, offer);
      const { sessionId, conversationId } = record;
      const recheck = recheckOf(asker, conversationId);
      const person = { ...personIn(new URL(request.url).searchParams, offer), sessionId, recheck };
      const { answer } = await directory.join(conversationId, requests.join(identity, person, request.signal));
      return new Response(answer, { headers: { 'content-type': SDP } });
    },
  };
}

/** Who joins with bare SDP says the rest in the query. */
function personIn(query: URLSearchParams, offer: string): JoiningPerson {
  const name = query.get('name') ?? undefined;
  if (name === '' || (name?.length ?? 0) > MAX_NAME_LENGTH) {
    throw new VoiceBridgeError('invalid_request', `name: expected 1 to ${MAX_NAME_LENGTH} characters`);
  }
  const role = query.get('role');
  return {
    media: offering(offer),
    name,
    role: role === null ? undefined : valid(parseValue(participantRoleSchema, role)),
  };
}

function noSuchSession(): VoiceBridgeError {
  const { code } = noSession();
  return new VoiceBridgeError(code, 'There is no such session');
}
