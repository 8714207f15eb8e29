import {
  type ParticipantList,
  parseValue,
  participantChangeSchema,
  participantRequestSchema,
  VoiceBridgeError,
} from '@voice-bridge/core';
import { noSession } from '../directory/session-errors.ts';
import { requireConversation, requireScope, valid } from './checks.ts';
import type { EndpointPorts } from './endpoint-ports.ts';
import { type Identity, mayDo } from './identity.ts';
import { readJsonBody } from './read-body.ts';
import { askerOf, recheckOf } from './reauthorize.ts';
import type { Endpoints } from './routes.ts';
import { checkOffer, offering } from './session-requests.ts';
import { joinedOnWire, participantOnWire } from './wire-views.ts';

/** The endpoints of who is in a conversation's session. */
export function createParticipantEndpoints(
  ports: EndpointPorts,
): Pick<Endpoints, 'listParticipants' | 'addParticipant' | 'changeParticipant' | 'removeParticipant'> {
  const { settings, access, directory, requests } = ports;
  const { limits } = settings;
  const requireModerator = (identity: Identity, conversationId: string) => {
    requireConversation(identity, conversationId);
    const session = directory.get(conversationId);
    const isOwner = session?.subject === identity.subject && mayDo(identity, 'join');
    if (session === undefined || isOwner || mayDo(identity, 'moderate')) return session;
    throw new VoiceBridgeError('forbidden', 'Only who opened the session, or may moderate, changes others');
  };
  return {
    async listParticipants(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      requireConversation(identity, params.conversation);
      requireScope(identity, 'read', 'join');
      const session = directory.get(params.conversation);
      if (session === undefined) throw noSession();
      const body: ParticipantList = { participants: session.participants.map(participantOnWire) };
      return Response.json(body);
    },

    async addParticipant(request, { bind, params }) {
      const asker = await askerOf(access, request, bind);
      const { identity } = asker;
      requireConversation(identity, params.conversation);
      requireScope(identity, 'join');
      const person = valid(parseValue(participantRequestSchema, await readJsonBody(request, limits.bodyBytes)));
      checkOffer(ports.validateOffer, person.offer);
      const { offer, name, role, resume_token: resumeToken } = person;
      const recheck = recheckOf(asker, params.conversation);
      const wanted = { media: offering(offer), name, role, resumeToken, recheck };
      const joiner = requests.join(identity, wanted, request.signal);
      return Response.json(joinedOnWire(await directory.join(params.conversation, joiner)));
    },

    async changeParticipant(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      const session = requireModerator(identity, params.conversation);
      const { muted, gain, role } = valid(
        parseValue(participantChangeSchema, await readJsonBody(request, limits.bodyBytes)),
      );
      const settled = {
        ...(muted === undefined ? {} : { muted }),
        ...(gain === undefined ? {} : { gain }),
        ...(role === undefined ? {} : { role }),
      };
      if (Object.keys(settled).length === 0)
        throw new VoiceBridgeError('invalid_request', 'There is nothing to change');
      if (session === undefined || !directory.setParticipant(params.conversation, params.participant, settled)) {
        throw new VoiceBridgeError('not_found', 'There is no such participant');
      }
      return Response.json({ status: 'changed' });
    },

    async removeParticipant(request, { bind, params }) {
      const identity = await access.identify(request, bind);
      requireModerator(identity, params.conversation);
      directory.removeParticipant(params.conversation, params.participant);
      return Response.json({ status: 'removed' });
    },
  };
}
