import type { ParticipantResponse, ParticipantView, SessionSummary } from '@voice-bridge/core';
import type { Participant } from '../directory/session-participants.ts';
import type { SessionRecord } from '../directory/session-record.ts';
import type { Joined } from '../directory/session-requests.ts';

/** A participant as clients see it. */
export function participantOnWire({ participantId, ...rest }: Participant): ParticipantView {
  return { participant_id: participantId, ...rest };
}

/** A place in a session as the client that has it is told. */
export function joinedOnWire({ sessionId, participantId, answer, resumeToken }: Joined): ParticipantResponse {
  return { session_id: sessionId, participant_id: participantId, answer, resume_token: resumeToken };
}

/** A session as clients see it; undefined once it is over. */
export function sessionOnWire(record: SessionRecord): SessionSummary | undefined {
  const { sessionId, conversationId, state, openedAt, participants } = record;
  if (state === 'closed') return undefined;
  return {
    session_id: sessionId,
    conversation_id: conversationId,
    state,
    since: openedAt,
    participants: participants.map(participantOnWire),
  };
}
