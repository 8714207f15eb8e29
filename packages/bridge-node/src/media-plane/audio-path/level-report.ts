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
    const levels: Record<string, number> = {};
    const present: { readonly id: string; readonly level: number }[] = [];
    let unmeasured: string | undefined;
    for (const { voice } of participants.values()) {
      const level = voice.takeLevel();
      levels[voice.id] = Math.round(level * STEPS) / STEPS;
      if (!voice.isPresent) continue;
      present.push({ id: voice.id, level });
      if (!voice.isMeasured) unmeasured = voice.id;
    }
    this.#active = stepActiveSpeaker(this.#active, present, now);
    // What is forwarded unopened from a sender that does not say how loud it is: it speaks, for all we know.
    const known = this.#active.name === 'speaking' ? this.#active.id : null;
    this.#tell({ levels, active: present.length === 1 ? (unmeasured ?? known) : known });
  }

  #tell(next: SpeakerLevels): void {
    const told = this.#told;
    this.#told = next;
    if (next.active === told.active && isSame(next.levels, told.levels)) return;
    this.#onLevels(next);
  }
}

function isSame(one: SpeakerLevels['levels'], other: SpeakerLevels['levels']): boolean {
  const ids = Object.keys(one);
  if (ids.length < 2 && Object.keys(other).length < 2) return true;
  return ids.length === Object.keys(other).length && ids.every((id) => one[id] === other[id]);
}
