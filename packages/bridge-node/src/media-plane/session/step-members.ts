import { type ErrorCode, MAX_GAIN, type ParticipantRole } from '@voice-bridge/core';
import type { ParticipantRequest } from '../participant/participant.ts';
import { keepMute, type MutedBy } from './kept-places.ts';
import { dropMember, emit, unchanged } from './session-ending.ts';
import type { Member, MemberAudio, SessionEffect, SessionEnding, SessionState, SessionStep } from './session-state.ts';

/** A session whose model is connected. */
export type Open = Extract<SessionState, { name: 'open' }>;

/** What somebody is told who is taken out by another. */
export const KICKED: SessionEnding = {
  reason: 'kicked',
  code: 'participant_removed',
  message: 'Taken out of the session',
};

/** What can be changed of a participant; what is left out stays. */
export interface MemberChange {
  readonly muted?: boolean | undefined;
  readonly gain?: number | undefined;
  readonly role?: ParticipantRole | undefined;
}

/** How a participant is to be heard and to hear. */
export function audioOf({ mutedBy, gain, role }: Member): MemberAudio {
  return { muted: mutedBy.size > 0, gain, role };
}

/** Whether a participant can be heard by the model and the others. */
export function canBeHeard({ phase, role, mutedBy }: Member): boolean {
  return phase === 'joined' && role === 'speaker' && mutedBy.size === 0;
}

/** Changes a participant and tells it, when there is anything to tell. `by` is whose mute it is. */
export function changeMember(state: Open, participantId: string, change: MemberChange, by: MutedBy): SessionStep {
  const member = state.members.get(participantId);
  if (member === undefined) return unchanged(state);
  const { muted, gain = member.gain, role = member.role } = change;
  const next: Member = { ...member, gain: clamp(gain), role, mutedBy: mutedSet(member.mutedBy, by, muted) };
  const members = new Map(state.members).set(participantId, next);
  const isTold = by === 'moderator' && muted !== undefined;
  const places = isTold ? keepMute(state.places, member.person, muted) : state.places;
  const audio = audioOf(next);
  if (isSame(audio, audioOf(member))) return { state: { ...state, members, places }, effects: [] };
  const effects: SessionEffect[] = [{ type: 'setAudio', participantId, audio }];
  if (member.isKnown) effects.push(emit({ type: 'participantChanged', participantId, ...audio }));
  return { state: { ...state, members, places }, effects };
}

/** What a participant asks for on its control channel, as far as it may. */
export function participantRequest(state: Open, member: Member, request: ParticipantRequest): SessionStep {
  const { participantId } = member;
  switch (request.type) {
    case 'text':
    case 'interrupt':
      if (member.role === 'observer') return refuse(state, member, 'forbidden', 'Observers may not take part');
      return { state, effects: spoken(member, request) };
    case 'commit':
    case 'clear':
      if (!canBeHeard(member)) return refuse(state, member, 'forbidden', 'Who is not heard has no turn to end');
      return { state, effects: talked(member, request) };
    case 'mute':
      return changeMember(state, participantId, request, 'self');
    case 'set_participant':
      return setParticipant(state, member, request);
    case 'remove_participant':
      if (!member.moderator) return refuse(state, member, 'forbidden', MODERATES);
      if (!state.members.has(request.participant_id)) return refuse(state, member, 'not_found', NOBODY);
      return dropMember(state, request.participant_id, 'kicked', KICKED);
  }
}

type RequestOf<Type extends ParticipantRequest['type']> = Extract<ParticipantRequest, { type: Type }>;

const MODERATES = 'Only who moderates may change others';
const NOBODY = 'Nobody of that id is in this session';

function spoken({ participantId }: Member, request: RequestOf<'text' | 'interrupt'>): readonly SessionEffect[] {
  if (request.type === 'interrupt') return [{ type: 'upstream', command: { type: 'interrupt' } }];
  const command = { type: 'sendText', text: request.text, participantId } as const;
  return [{ type: 'upstream', command }, emit({ type: 'activity' })];
}

function talked({ participantId }: Member, { type }: RequestOf<'commit' | 'clear'>): readonly SessionEffect[] {
  if (type === 'clear') return [{ type: 'upstream', command: { type: 'clearInput' } }];
  return [{ type: 'upstream', command: { type: 'commitInput', participantId } }, emit({ type: 'activity' })];
}

function setParticipant(state: Open, member: Member, request: RequestOf<'set_participant'>): SessionStep {
  const { participant_id: participantId, muted, gain, role } = request;
  const isSelf = participantId === member.participantId;
  if (!member.moderator && !(isSelf && gain === undefined && role === undefined)) {
    return refuse(state, member, 'forbidden', MODERATES);
  }
  const changed = state.members.get(participantId);
  if (changed === undefined) return refuse(state, member, 'not_found', NOBODY);
  // A moderator's own mute is its to end, also of somebody who stays muted by themselves.
  if (muted === false && !isSelf && changed.mutedBy.has('self') && !changed.mutedBy.has('moderator')) {
    return refuse(state, member, 'forbidden', 'Who muted themselves unmute themselves');
  }
  return changeMember(state, participantId, { muted, gain, role }, isSelf ? 'self' : 'moderator');
}

function refuse(state: Open, { participantId }: Member, code: ErrorCode, message: string): SessionStep {
  return { state, effects: [{ type: 'refuse', participantId, code, message }] };
}

function mutedSet(mutedBy: ReadonlySet<MutedBy>, by: MutedBy, muted: boolean | undefined): ReadonlySet<MutedBy> {
  if (muted === undefined || muted === mutedBy.has(by)) return mutedBy;
  return muted ? new Set([...mutedBy, by]) : new Set([...mutedBy].filter((other) => other !== by));
}

function clamp(gain: number): number {
  return Math.min(MAX_GAIN, Math.max(0, gain));
}

function isSame(one: MemberAudio, other: MemberAudio): boolean {
  return one.muted === other.muted && one.gain === other.gain && one.role === other.role;
}
