import { type ActiveSpeaker, nobodySpeaks, stepActiveSpeaker } from '@voice-bridge/core';
import type { Speaker } from './speaker.ts';

/** How loud the participants are, from 0 to 1 of full scale, and who is speaking. */
export interface SpeakerLevels {
  readonly levels: Readonly<Record<string, number>>;
  readonly active: string | null;
}

/** Levels are told at most this often, in ms. */
const REPORT_MS = 200;
/** Levels are told in so many steps. */
const STEPS = 200;

/** Tells how loud everybody is and who speaks, at most five times a second and only when something changed. Levels of one participant alone are told to nobody: it knows its own. */
export class LevelReport {
  readonly #onLevels: (levels: SpeakerLevels) => void;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #active: ActiveSpeaker = nobodySpeaks;
  #told: SpeakerLevels = { levels: {}, active: null };

  constructor(onLevels: (levels: SpeakerLevels) => void) {
    this.#onLevels = onLevels;
  }

  /** Looks whether there is something to tell; may be called at any time. */
  look(participants: ReadonlyMap<string, { readonly voice: Speaker }>, now: number): void {
    if (now - this.#lookedAt < REPORT_MS) return;
    this.#lookedAt = now;
    for (const { voice } of participants.values()) voice.measure();
    const present = presentOf(participants);
    this.#active = stepActiveSpeaker(this.#active, present, now);
    const active = activeOf(this.#active, present);
    if (participants.size > 1 || active !== this.#told.active) this.#tell(participants, active);
  }

  #tell(participants: ReadonlyMap<string, { readonly voice: Speaker }>, active: string | null): void {
    const told = this.#told;
    const steps = [...participants].map(([id, { voice }]) => [id, Math.round(voice.level * STEPS) / STEPS] as const);
    const levels = Object.fromEntries(steps);
    this.#told = { levels, active };
    if (active !== told.active || !isSame(levels, told.levels)) this.#onLevels(this.#told);
  }
}

/** Who speaks. One alone is what most sessions are: that takes no memory to speak of. */
function presentOf(participants: ReadonlyMap<string, { readonly voice: Speaker }>): readonly Speaker[] {
  if (participants.size > 1) return [...participants.values()].map(({ voice }) => voice).filter((one) => one.isPresent);
  for (const { voice } of participants.values()) if (voice.isPresent) return [voice];
  return [];
}

/** What is forwarded unopened from a sender that does not say how loud it is: it speaks, for all we know. */
function activeOf(active: ActiveSpeaker, present: readonly Speaker[]): string | null {
  const [only, ...others] = present;
  if (only !== undefined && others.length === 0 && !only.isMeasured) return only.id;
  return active.name === 'speaking' ? active.id : null;
}

function isSame(one: SpeakerLevels['levels'], other: SpeakerLevels['levels']): boolean {
  const ids = Object.keys(one);
  return ids.length === Object.keys(other).length && ids.every((id) => one[id] === other[id]);
}
