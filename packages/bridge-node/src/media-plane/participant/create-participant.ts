import type { Clock, Logger } from '@voice-bridge/core';
import { type MediaConnectionFactory, validateOffer } from '@voice-bridge/media-node';
import type { JoinCommand, SessionOptions } from '../../seam/session-commands.ts';
import { MediaParticipant } from './media-participant.ts';
import type { Participant, ParticipantSinks } from './participant.ts';
import { PcmParticipant } from './pcm-participant.ts';

/** What every participant runs on. */
export interface ParticipantDependencies {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly createConnection: MediaConnectionFactory;
}

/** The participant for whoever joins, by the way its audio comes. */
export function createParticipant(
  dependencies: ParticipantDependencies,
  session: SessionOptions,
  join: JoinCommand,
  sinks: ParticipantSinks,
): Participant {
  if (join.type === 'joinPcm') return new PcmParticipant({ ...dependencies, join, sinks });
  const offer = join.offer === null ? undefined : validateOffer(join.offer);
  const audio = offer?.ok && offer.value.audio === undefined ? 'channel' : 'track';
  return new MediaParticipant({ ...dependencies, session, join, audio, sinks });
}
