import { type Clock, type Logger, VoiceBridgeError } from '@voice-bridge/core';
import { type MediaConnectionFactory, validateOffer } from '@voice-bridge/media-node';
import type { JoinCommand, SessionOptions } from '../../seam/session-commands.ts';
import { MediaParticipant } from './media-participant.ts';
import type { Participant, ParticipantSinks } from './participant.ts';

/** What every participant runs on. */
export interface ParticipantDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createConnection: MediaConnectionFactory;
}

/** The participant for whoever joins, by the way its audio comes. Throws a `VoiceBridgeError` when there is none. */
export function createParticipant(
  dependencies: ParticipantDependencies,
  session: SessionOptions,
  join: JoinCommand,
  sinks: ParticipantSinks,
): Participant {
  if (join.type === 'joinPcm') throw new VoiceBridgeError('invalid_request', 'PCM over a port is not served yet');
  const offer = validateOffer(join.offer);
  const audio = offer.ok && offer.value.audio === undefined ? 'channel' : 'track';
  return new MediaParticipant({ ...dependencies, session, join, audio, sinks });
}
