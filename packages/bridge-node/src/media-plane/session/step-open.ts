import type { JoinCommand, SessionCommand } from '../../seam/session-commands.ts';
import type { SpeakerLevels } from '../audio-path/level-report.ts';
import type { ParticipantEvent } from '../participant/participant.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import { type KeptPlaces, placeFor } from './kept-places.ts';
import { closeSession, dropMember, emit, refuseSecond, unchanged } from './session-ending.ts';
import type { Member, SessionEffect, SessionEnding, SessionInput, SessionStep } from './session-state.ts';
import { audioOf, canBeHeard, changeMember, KICKED, type Open, participantRequest } from './step-members.ts';
import { authorOf, beginTurn, endTurn, noteAuthor, noteLevels } from './turn-authors.ts';

/** The step of a session whose model is connected; its end is decided by the caller. `now` in ms. */
export function stepOpen(state: Open, input: SessionInput, now: number): SessionStep {
  switch (input.type) {
    case 'command':
      return commandWhileOpen(state, input.command);
    case 'upstreamEvent':
      return upstreamEvent(state, input.event, now);
    case 'participantEvent':
      return participantEvent(state, input.participantId, input.event);
    case 'levels':
      return levelsChanged(state, input.levels, now);
    case 'nobodyJoined':
      return joinDeadline(state);
    default:
      return unchanged(state);
  }
}

/** A participant that begins, and what that takes; `present` is who holds its place, which it takes over. */
export function admit(
  join: JoinCommand,
  places: KeptPlaces,
  present: Member | undefined,
): { readonly member: Member; readonly effects: readonly SessionEffect[] } {
  const { participantId, moderator, textLength, person } = join;
  const profile = { participantId, moderator, textLength, ...(person === undefined ? {} : { person }) };
  const place = placeFor(places, join, present);
  const member: Member = { ...profile, ...place, phase: 'answering', isKnown: present?.isKnown ?? false };
  const audio = audioOf(member);
  const isPlain = !audio.muted && audio.gain === 1 && audio.role === 'speaker';
  const effects: SessionEffect[] = [
    ...(present === undefined ? [] : [{ type: 'drop', participantId, ending: RESUMED } as const]),
    { type: 'admit', join },
    ...(isPlain ? [] : [{ type: 'setAudio', participantId, audio } as const]),
  ];
  return { member, effects };
}

function commandWhileOpen(state: Open, command: SessionCommand): SessionStep {
  switch (command.type) {
    case 'join':
    case 'joinPcm': {
      const { participantId } = command;
      const present = state.members.get(participantId);
      if (present !== undefined && !command.resumes) return { state, effects: [refuseSecond(participantId)] };
      const { member, effects } = admit(command, state.places, present);
      return { state: { ...state, members: new Map(state.members).set(participantId, member) }, effects };
    }
    case 'answerJoin':
      return state.members.has(command.participantId) ? { state, effects: [command] } : unchanged(state);
    case 'setParticipant':
      return changeMember(state, command.participantId, command, 'moderator');
    case 'removeParticipant':
      return removeMember(state, command);
    case 'sendText':
      return { state, effects: [{ type: 'upstream', command }, active] };
    case 'interrupt':
    case 'announce':
      return { state, effects: [{ type: 'upstream', command }] };
    case 'toolResult':
    case 'toolProgress':
    case 'reportStats':
    case 'play':
    case 'stopPlaying':
      return { state, effects: [command] };
    default:
      return unchanged(state);
  }
}

function removeMember(
  state: Open,
  { participantId, code }: Extract<SessionCommand, { type: 'removeParticipant' }>,
): SessionStep {
  if (code !== undefined) {
    return dropMember(state, participantId, 'revoked', { reason: 'revoked', code, message: 'May not stay' });
  }
  // Whoever is not there yet has given up, or was given up: nobody takes them out.
  if (state.members.get(participantId)?.phase === 'joined') return dropMember(state, participantId, 'kicked', KICKED);
  return dropMember(state, participantId, 'left', { reason: 'left', code: 'aborted', message: 'Given up' });
}

function upstreamEvent(state: Open, event: UpstreamEvent, now: number): SessionStep {
  switch (event.type) {
    case 'closed':
      return unchanged(state);
    case 'flush':
      return { state, effects: [{ type: 'flush' }] };
    case 'speech':
      return speech(state, event, now);
    case 'textSent':
      return { state: { ...state, authors: noteAuthor(state.authors, event.itemId, event.author) }, effects: [] };
    case 'transcript': {
      const author = event.entry.role === 'user' ? authorOf(state.authors, event.entry.id) : undefined;
      if (author === undefined) return { state, effects: [emit(event)] };
      return { state, effects: [emit({ ...event, entry: { ...event.entry, participant_id: author } })] };
    }
    case 'assistantChanged':
      return { state, effects: event.state === 'speaking' ? [{ type: 'resume' }, emit(event)] : [emit(event)] };
    default:
      return { state, effects: [emit(event)] };
  }
}

function speech(state: Open, event: Extract<UpstreamEvent, { type: 'speech' }>, now: number): SessionStep {
  const told = emit({ type: 'speech', state: event.state });
  const able = [...state.members.values()].filter(canBeHeard).map(({ participantId }) => participantId);
  if (event.state === 'stopped') return { state: { ...state, authors: endTurn(state.authors, able) }, effects: [told] };
  return { state: { ...state, authors: beginTurn(state.authors, event.itemId, able, now) }, effects: [told, active] };
}

function levelsChanged(state: Open, levels: SpeakerLevels, now: number): SessionStep {
  const authors = noteLevels(state.authors, levels, now);
  const effects: SessionEffect[] = [];
  // Who is alone has a level of their own to look at.
  if (state.members.size > 1) effects.push({ type: 'tellLevels', levels });
  if (levels.active !== state.authors.active) effects.push(emit({ type: 'speakers', active: levels.active }));
  return { state: { ...state, authors }, effects };
}

function participantEvent(state: Open, participantId: string, event: ParticipantEvent): SessionStep {
  const member = state.members.get(participantId);
  if (member === undefined) return unchanged(state);
  switch (event.type) {
    case 'answered':
      return {
        state: member.phase === 'answering' ? withMember(state, { ...member, phase: 'connecting' }) : state,
        effects: [emit({ type: 'joinAnswered', participantId, answer: event.answer })],
      };
    case 'joined':
      return joined(state, member, event);
    case 'controlOpened':
      return { state, effects: [{ type: 'welcome', participantId }] };
    case 'request':
      return participantRequest(state, member, event.request);
    case 'refused': {
      const ending: SessionEnding = { reason: 'failed', code: event.code, message: event.message };
      return dropMember(state, participantId, 'refused', ending);
    }
    case 'left':
      return dropMember(state, participantId, event.reason, LEAVING[event.reason]);
  }
}

function joined(state: Open, member: Member, event: Extract<ParticipantEvent, { type: 'joined' }>): SessionStep {
  const { participantId, name, role } = member;
  // Who made no offer is answered by being let in.
  const answered = member.phase === 'answering' ? [emit({ type: 'joinAnswered', participantId, answer: '' })] : [];
  const { transport } = event;
  const next: Open = { ...withMember(state, { ...member, phase: 'joined', isKnown: true }), whenEmpty: 'ends' };
  if (member.isKnown) {
    return { state: next, effects: [...answered, emit({ type: 'participantResumed', participantId, transport })] };
  }
  const effects: SessionEffect[] = [
    ...answered,
    emit({ type: 'participantJoined', participantId, name, role, transport }),
  ];
  if (role !== 'observer') effects.push({ type: 'upstream', command: { type: 'greet' } });
  const audio = audioOf(member);
  if (audio.muted || audio.gain !== 1) effects.push(emit({ type: 'participantChanged', participantId, ...audio }));
  return { state: next, effects };
}

function joinDeadline(state: Open): SessionStep {
  if (state.members.size > 0) return { state: { ...state, whenEmpty: 'ends' }, effects: [] };
  return closeSession(state, { reason: 'connection_lost', code: 'connect_timeout', message: 'Nobody joined in time' });
}

function withMember(state: Open, member: Member): Open {
  return { ...state, members: new Map(state.members).set(member.participantId, member) };
}

const RESUMED: SessionEnding = { reason: 'replaced', code: 'session_replaced', message: 'Here by another connection' };

const LEAVING = {
  left: { reason: 'left' },
  connection_lost: { reason: 'connection_lost', code: 'connection_lost', message: 'The client fell silent' },
  connect_timeout: {
    reason: 'connection_lost',
    code: 'connect_timeout',
    message: 'The client did not connect in time',
  },
  rate_limited: { reason: 'failed', code: 'rate_limited', message: 'Too many control messages' },
} as const satisfies Record<string, SessionEnding>;

const active: SessionEffect = { type: 'emit', event: { type: 'activity' } };
