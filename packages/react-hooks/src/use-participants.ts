import type { Participant, VoiceClient, VoiceSnapshot } from '@voice-bridge/browser-client';
import { useMemo } from 'react';
import { useVoiceSnapshot } from './use-voice-snapshot.ts';
import { useVoiceClient } from './voice-context.ts';

/** What {@link useParticipants} gives. The actions never change. */
export interface Participants extends Pick<VoiceSnapshot, 'participants' | 'activeSpeaker'> {
  /** This page's own; null while it is not in a session. */
  readonly self: Participant | null;
  /** Asks for a change; everything but one's own mute takes a moderator. */
  readonly setParticipant: VoiceClient['setParticipant'];
  /** Takes somebody out of the session; takes a moderator. */
  readonly removeParticipant: VoiceClient['removeParticipant'];
  /** How loud a participant is now, 0 to 1; read it in an animation frame. */
  readonly participantLevel: VoiceClient['participantLevel'];
}

/** Everybody in the session, who speaks, and what can be done about it. Levels re-render nothing. */
export function useParticipants(): Participants {
  const client = useVoiceClient();
  const participants = useVoiceSnapshot(client, (snapshot) => snapshot.participants);
  const activeSpeaker = useVoiceSnapshot(client, (snapshot) => snapshot.activeSpeaker);
  const actions = useMemo(() => actionsOf(client), [client]);
  const self = participants.find(({ isSelf }) => isSelf) ?? null;
  return { participants, activeSpeaker, self, ...actions };
}

function actionsOf(client: VoiceClient) {
  const setParticipant: VoiceClient['setParticipant'] = (id, change) => client.setParticipant(id, change);
  const removeParticipant: VoiceClient['removeParticipant'] = (id) => client.removeParticipant(id);
  const participantLevel: VoiceClient['participantLevel'] = (id) => client.participantLevel(id);
  return { setParticipant, removeParticipant, participantLevel };
}
