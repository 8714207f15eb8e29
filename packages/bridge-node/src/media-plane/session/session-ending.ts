import type { ErrorCode } from '@voice-bridge/core';
import type { SessionEvent } from '../../seam/session-events.ts';
import { keepPlace } from './kept-places.ts';
import type { Member, SessionEffect, SessionEnding, SessionState, SessionStep } from './session-state.ts';

type Open = Extract<SessionState, { name: 'open' }>;

/** Ends a session: everybody in it is settled, then what it holds is freed. */
export function closeSession(
  state: Extract<SessionState, { name: 'opening' | 'open' }>,
  ending: SessionEnding,
): SessionStep {
  const effects: SessionEffect[] = [];
  if (state.name === 'opening') {
    for (const participantId of state.joins.keys()) effects.push(refuseEnded(participantId, ending));
  } else {
    for (const member of state.members.values()) effects.push(...farewell(member, ending.reason, ending));
    effects.push(emit({ type: 'closing', ...ending }));
  }
  effects.push({ type: 'release', ending });
  return { state: { name: 'closing', ending }, effects };
}

/** Takes one participant out, told `ending`; the session ends with it when nobody is left to talk to. */
export function dropMember(state: Open, participantId: string, reason: string, ending: SessionEnding): SessionStep {
  const member = state.members.get(participantId);
  if (member === undefined) return unchanged(state);
  const members = new Map(state.members);
  members.delete(participantId);
  const effects: SessionEffect[] = [{ type: 'drop', participantId, ending }, ...farewell(member, reason, ending)];
  // Who was taken out begins anew.
  const keeps = member.isKnown && ending.reason !== 'kicked';
  const rest: Open = {
    ...state,
    members,
    places: keeps ? keepPlace(state.places, participantId, member) : state.places,
  };
  if (members.size > 0 || state.whenEmpty === 'waits') return { state: rest, effects };
  const isOnlyTheirs = ending.reason === 'kicked' || ending.reason === 'revoked';
  const last = closeSession(rest, isOnlyTheirs ? { reason: 'left' } : ending);
  return { state: last.state, effects: [...effects, ...last.effects] };
}

/** Refuses somebody who has a place already. */
export function refuseSecond(participantId: string): SessionEffect {
  return refuseJoin(participantId, 'invalid_request', 'This participant has joined already');
}

/** Settles a join with no. */
export function refuseJoin(participantId: string, code: ErrorCode, message: string): SessionEffect {
  return emit({ type: 'joinRefused', participantId, code, message });
}

/** Tells one event. */
export function emit(event: SessionEvent): SessionEffect {
  return { type: 'emit', event };
}

/** Nothing to do. */
export function unchanged(state: SessionState): SessionStep {
  return { state, effects: [] };
}

/** Settles what is open with one that goes, and tells everybody who knows of it. */
function farewell({ participantId, phase, isKnown }: Member, reason: string, ending: SessionEnding): SessionEffect[] {
  const effects = phase === 'answering' ? [refuseEnded(participantId, ending)] : [];
  if (isKnown) return [...effects, emit({ type: 'participantLeft', participantId, reason })];
  return phase === 'connecting' ? [emit({ type: 'joinEnded', participantId })] : effects;
}

function refuseEnded(participantId: string, ending: SessionEnding): SessionEffect {
  return refuseJoin(participantId, ending.code ?? 'aborted', ending.message ?? 'The session ended first');
}
