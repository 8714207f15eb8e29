import { parseValue, participantChangeSchema } from '@voice-bridge/core';
import type { SessionDirectory } from './directory/session-directory.ts';
import type { SessionRecord, SessionView } from './directory/session-record.ts';
import { messageOf } from './directory/user-message.ts';
import { readRecording } from './play/read-recording.ts';
import type { Sessions } from './voice-bridge-interface.ts';

/** The sessions of a directory as the application that runs the bridge sees them. */
export function createSessions(directory: SessionDirectory): Sessions {
  return {
    list: () => directory.list().map(viewOf),
    get(conversationId) {
      const record = directory.get(conversationId);
      return record === undefined ? undefined : viewOf(record);
    },
    stats: (conversationId) => directory.stats(conversationId),
    sendText: (conversationId, message) => directory.sendText(conversationId, messageOf(message)),
    participants: (conversationId) => directory.get(conversationId)?.participants,
    setParticipant(conversationId, participantId, settings) {
      const parsed = parseValue(participantChangeSchema, settings);
      if (!parsed.ok) throw new TypeError(`setParticipant: ${parsed.problem}`);
      return directory.setParticipant(conversationId, participantId, settings);
    },
    removeParticipant: (conversationId, participantId) => directory.removeParticipant(conversationId, participantId),
    async play(conversationId, recording) {
      await directory.play(conversationId, await readRecording(recording));
    },
    close: (conversationId) => directory.close(conversationId, 'stopped'),
  };
}

/** What of a record an application is shown: not the options, which hold the key. */
function viewOf(record: SessionRecord): SessionView {
  const { options: _options, openToolCalls: _openToolCalls, ...view } = record;
  return view;
}
