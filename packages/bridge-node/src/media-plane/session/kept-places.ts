import type { JoinProfile } from '../../seam/session-commands.ts';

/** Whoever keeps a participant's audio from everybody. A moderator's mute is a moderator's to undo, one's own is one's own. */
export type MutedBy = 'self' | 'moderator';

/** What a participant has in a session besides its connection. */
export interface Place extends Pick<JoinProfile, 'name' | 'role'> {
  /** Factor on its samples, 0 to 4. */
  readonly gain: number;
  readonly mutedBy: ReadonlySet<MutedBy>;
}

/** What a session remembers of those who left. */
export interface KeptPlaces {
  /** By participant id, the newest last. */
  readonly left: ReadonlyMap<string, Place>;
  /** People whom a moderator muted, by whichever of their connections. */
  readonly muted: ReadonlySet<string>;
}

/** Places, and muted people, that are remembered: the newest. */
export const MAX_KEPT_PLACES = 256;

/** Nobody left yet. */
export const noPlaces: KeptPlaces = { left: new Map(), muted: new Set() };

/** Remembers the place of one who leaves. */
export function keepPlace(places: KeptPlaces, participantId: string, { name, role, gain, mutedBy }: Place): KeptPlaces {
  const left = new Map(places.left);
  left.delete(participantId);
  left.set(participantId, { name, role, gain, mutedBy });
  return { ...places, left: new Map([...left].slice(-MAX_KEPT_PLACES)) };
}

/** A moderator mutes somebody, or ends that; for nobody in particular nothing is remembered. */
export function keepMute(places: KeptPlaces, person: string | undefined, muted: boolean): KeptPlaces {
  if (person === undefined || places.muted.has(person) === muted) return places;
  const others = [...places.muted].filter((other) => other !== person);
  return { ...places, muted: new Set((muted ? [...others, person] : others).slice(-MAX_KEPT_PLACES)) };
}

/** The place of one who joins: the one it had, when it resumes that, else a new one; `present` is who holds it still. */
export function placeFor(places: KeptPlaces, join: JoinProfile, present: Place | undefined): Place {
  const had = join.resumes ? (present ?? places.left.get(join.participantId)) : undefined;
  const { role, gain, mutedBy } = had ?? { role: join.role, gain: 1, mutedBy: new Set() };
  const isMuted = join.person !== undefined && places.muted.has(join.person);
  return {
    name: join.name ?? had?.name ?? null,
    role,
    gain,
    mutedBy: isMuted ? new Set([...mutedBy, 'moderator' as const]) : mutedBy,
  };
}
