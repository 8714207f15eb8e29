import type { SpeakerLoudness } from './speaker-selection.ts';

/** Quieter than this, 50 dB below full scale, nobody speaks. */
const SPEECH_LEVEL = 0.003_16;
/** A rival must be this much louder, about 4 dB. */
const LOUDER = 1.6;
/** And stay so for this long, in ms. */
const RIVAL_MS = 300;
/** Pauses up to this long, in ms, belong to what is being said. */
const PAUSE_MS = 1_000;

/** Who is speaking. Times in ms. */
export type ActiveSpeaker =
  | { readonly name: 'nobody' }
  | {
      readonly name: 'speaking';
      readonly id: string;
      readonly heardAt: number;
      /** Who has been louder since when. */
      readonly rival: { readonly id: string; readonly since: number } | undefined;
    };

/** What {@link stepActiveSpeaker} begins with. */
export const nobodySpeaks: ActiveSpeaker = { name: 'nobody' };

/**
 * Who is speaking, by how loud everybody has been since the last step: the loudest, until it pauses for a second or
 * somebody else has been clearly louder for 300 ms. Meant to be called a few times a second.
 */
export function stepActiveSpeaker(
  state: ActiveSpeaker,
  speakers: readonly SpeakerLoudness[],
  now: number,
): ActiveSpeaker {
  const loudest = loudestOf(speakers);
  const begins: ActiveSpeaker =
    loudest === undefined ? nobodySpeaks : { name: 'speaking', id: loudest.id, heardAt: now, rival: undefined };
  if (state.name === 'nobody') return begins.name === 'nobody' ? state : begins;
  const current = speakers.find(({ id }) => id === state.id);
  if (current === undefined) return begins;
  const heardAt = current.level >= SPEECH_LEVEL ? now : state.heardAt;
  if (now - heardAt >= PAUSE_MS) return begins;
  if (loudest === undefined || loudest.id === state.id || loudest.level < current.level * LOUDER) {
    return { ...state, heardAt, rival: undefined };
  }
  const since = state.rival?.id === loudest.id ? state.rival.since : now;
  if (now - since >= RIVAL_MS) return begins;
  return { ...state, heardAt, rival: { id: loudest.id, since } };
}

function loudestOf(speakers: readonly SpeakerLoudness[]): SpeakerLoudness | undefined {
  let loudest: SpeakerLoudness | undefined;
  for (const speaker of speakers) {
    if (speaker.level >= SPEECH_LEVEL && speaker.level > (loudest?.level ?? 0)) loudest = speaker;
  }
  return loudest;
}
