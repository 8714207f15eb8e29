import type { ParticipantRole } from '@voice-bridge/core';

/** Whoever has sent nothing for this long, in ms, does not take part in the mix: a frozen tab or a phone without network. DTX sends something every 400 ms. */
export const PRESENT_MS = 2_000;

/** What is known about one participant. */
export interface ParticipantAudio {
  readonly id: string;
  readonly format: 'opus' | 'pcm';
  readonly role: ParticipantRole;
  readonly muted: boolean;
  readonly gain: number;
  /** When it last sent audio, in ms. */
  readonly heardAt: number;
}

/** What a participant hears: packets of the assistant, unopened; frames mixed for it; nothing. */
export type Hearing = 'packets' | 'mix' | 'nothing';

/** What happens to everybody's audio. */
export interface AudioPlan {
  /** What the model gets: packets of one participant, the mix, or nothing. */
  readonly model: { readonly name: 'packets'; readonly from: string } | { readonly name: 'mix' | 'nothing' };
  /** Who speaks, however quietly. */
  readonly speakers: ReadonlySet<string>;
  readonly hearing: ReadonlyMap<string, Hearing>;
  /** Whether what the speakers say must be decoded. */
  readonly decodesSpeakers: boolean;
  /** Whether what the assistant says must be decoded. */
  readonly decodesAssistant: boolean;
}

/** What a session begins with. */
export const silentPlan: AudioPlan = {
  model: { name: 'nothing' },
  speakers: new Set(),
  hearing: new Map(),
  decodesSpeakers: false,
  decodesAssistant: false,
};

/** Whether anybody is to hear what this participant says. */
export function maySpeak({ role, muted, gain }: ParticipantAudio): boolean {
  return role === 'speaker' && !muted && gain > 0;
}

/**
 * Forward, don't transcode: what one speaker sends by media track as it is goes to the model unopened, and what the
 * assistant says to whoever hears nothing else; everything else is mixed. `now` in ms.
 */
export function planAudio(
  participants: readonly ParticipantAudio[],
  session: { readonly hearEachOther: boolean; readonly isPlaying: boolean },
  now: number,
): AudioPlan {
  const speakers = participants.filter((one) => maySpeak(one) && now - one.heardAt < PRESENT_MS);
  const model = planModel(speakers);
  const hearing = new Map(participants.map((one) => [one.id, planHearing(one, speakers, session)]));
  const mixesForListeners = [...hearing.values()].includes('mix');
  return {
    model,
    speakers: new Set(speakers.map(({ id }) => id)),
    hearing,
    decodesSpeakers: model.name === 'mix' || (session.hearEachOther && mixesForListeners),
    decodesAssistant: mixesForListeners,
  };
}

function planModel(speakers: readonly ParticipantAudio[]): AudioPlan['model'] {
  const [only, ...others] = speakers;
  if (only === undefined) return { name: 'nothing' };
  const asItIs = others.length === 0 && only.format === 'opus' && only.gain === 1;
  return asItIs ? { name: 'packets', from: only.id } : { name: 'mix' };
}

function planHearing(
  { id, role, format }: ParticipantAudio,
  speakers: readonly ParticipantAudio[],
  { hearEachOther, isPlaying }: { readonly hearEachOther: boolean; readonly isPlaying: boolean },
): Hearing {
  if (role === 'observer') return 'nothing';
  const hearsOthers = hearEachOther && speakers.some((speaker) => speaker.id !== id);
  return format === 'pcm' || isPlaying || hearsOthers ? 'mix' : 'packets';
}
