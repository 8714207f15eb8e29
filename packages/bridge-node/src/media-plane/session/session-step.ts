import type { ErrorCode, SessionCloseReason } from '@voice-bridge/core';
import type { SessionCommand } from '../../seam/session-commands.ts';
import type { SessionEvent } from '../../seam/session-events.ts';
import type { ParticipantEvent } from '../participant/participant.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import type {
  ParticipantPhase,
  SessionEffect,
  SessionEnding,
  SessionInput,
  SessionState,
  SessionStep,
} from './session-state.ts';

/** A session before anything happened: its model is being dialled. */
export const openingSession: SessionState = { name: 'opening', joins: new Map(), words: [] };

/** Words that wait for a model being dialled; more are dropped. */
export const MAX_WAITING_WORDS = 32;

const CLOSE_ERRORS: Partial<Record<SessionCloseReason, ErrorCode>> = {
  replaced: 'session_replaced',
  idle: 'session_idle',
  expired: 'session_expired',
  shutting_down: 'shutting_down',
};

/** Decides what happens next in a session. Pure; effects are carried out in their order. */
export function stepSession(state: SessionState, input: SessionInput): SessionStep {
  switch (state.name) {
    case 'opening':
      return stepOpening(state, input);
    case 'open':
      return stepOpen(state, input);
    case 'closing':
      return stepClosing(state, input);
    case 'closed':
      return unchanged(state);
  }
}

type Opening = Extract<SessionState, { name: 'opening' }>;
type Open = Extract<SessionState, { name: 'open' }>;

function stepOpening(state: Opening, input: SessionInput): SessionStep {
  switch (input.type) {
    case 'upstreamOpened':
      return beginSession(state);
    case 'upstreamFailed':
      return close(state, { reason: 'failed', code: input.code, message: input.message });
    case 'upstreamEvent':
      return input.event.type === 'closed' ? close(state, modelClosed(input.event)) : unchanged(state);
    case 'command':
      return commandWhileOpening(state, input.command);
    default:
      return unchanged(state);
  }
}

function beginSession(state: Opening): SessionStep {
  const participants = new Map<string, ParticipantPhase>();
  const effects: SessionEffect[] = [{ type: 'startAudio' }, { type: 'emit', event: { type: 'opened' } }];
  for (const [participantId, join] of state.joins) {
    participants.set(participantId, 'answering');
    effects.push({ ...join, type: 'answer' });
  }
  for (const command of state.words) effects.push({ type: 'upstream', command });
  if (participants.size === 0) effects.push({ type: 'armJoinDeadline' });
  return { state: { name: 'open', participants }, effects };
}

function commandWhileOpening(state: Opening, command: SessionCommand): SessionStep {
  switch (command.type) {
    case 'join': {
      if (state.joins.has(command.participantId)) return { state, effects: [refuseSecond(command.participantId)] };
      const joins = new Map(state.joins).set(command.participantId, command);
      return { state: { ...state, joins }, effects: [] };
    }
    case 'removeParticipant': {
      if (!state.joins.has(command.participantId)) return unchanged(state);
      const joins = new Map(state.joins);
      joins.delete(command.participantId);
      return { state: { ...state, joins }, effects: [refuseJoin(command.participantId, 'aborted', 'Removed')] };
    }
    case 'sendText':
    case 'interrupt':
    case 'announce': {
      if (state.words.length >= MAX_WAITING_WORDS) return unchanged(state);
      return { state: { ...state, words: [...state.words, command] }, effects: [] };
    }
    case 'close':
      return close(state, endingOf(command.reason));
    default:
      return unchanged(state);
  }
}

function stepOpen(state: Open, input: SessionInput): SessionStep {
  switch (input.type) {
    case 'command':
      return commandWhileOpen(state, input.command);
    case 'upstreamEvent':
      return upstreamEvent(state, input.event);
    case 'participantEvent':
      return participantEvent(state, input.participantId, input.event);
    case 'nobodyJoined':
      if (state.participants.size > 0) return unchanged(state);
      return close(state, { reason: 'connection_lost', code: 'connect_timeout', message: 'Nobody joined in time' });
    default:
      return unchanged(state);
  }
}

function commandWhileOpen(state: Open, command: SessionCommand): SessionStep {
  switch (command.type) {
    case 'join': {
      const { participantId } = command;
      if (state.participants.has(participantId)) return { state, effects: [refuseSecond(participantId)] };
      const participants = new Map(state.participants).set(participantId, 'answering');
      return { state: { ...state, participants }, effects: [{ ...command, type: 'answer' }] };
    }
    case 'removeParticipant':
      return dropParticipant(state, command.participantId, 'removed', { reason: 'stopped' });
    case 'sendText':
      return { state, effects: [{ type: 'upstream', command }, active] };
    case 'interrupt':
    case 'announce':
      return { state, effects: [{ type: 'upstream', command }] };
    case 'toolResult':
    case 'toolProgress':
    case 'reportStats':
      return { state, effects: [command] };
    case 'close':
      return close(state, endingOf(command.reason));
  }
}

function upstreamEvent(state: Open, event: UpstreamEvent): SessionStep {
  switch (event.type) {
    case 'closed':
      return close(state, modelClosed(event));
    case 'flush':
      return { state, effects: [{ type: 'flush' }] };
    case 'speech':
      return { state, effects: event.state === 'started' ? [emit(event), active] : [emit(event)] };
    case 'assistantChanged':
      return { state, effects: event.state === 'speaking' ? [{ type: 'resume' }, emit(event)] : [emit(event)] };
    default:
      return { state, effects: [emit(event)] };
  }
}

function participantEvent(state: Open, participantId: string, event: ParticipantEvent): SessionStep {
  const phase = state.participants.get(participantId);
  if (phase === undefined) return unchanged(state);
  switch (event.type) {
    case 'answered': {
      const participants = new Map(state.participants).set(participantId, phase === 'joined' ? phase : 'connecting');
      return {
        state: { ...state, participants },
        effects: [emit({ type: 'joinAnswered', participantId, answer: event.answer })],
      };
    }
    case 'joined': {
      const participants = new Map(state.participants).set(participantId, 'joined');
      return { state: { ...state, participants }, effects: [emit({ type: 'participantJoined', participantId })] };
    }
    case 'controlOpened':
      return { state, effects: [{ type: 'welcome', participantId }] };
    case 'request':
      return { state, effects: requestEffects(participantId, event.request) };
    case 'refused': {
      const ending: SessionEnding = { reason: 'failed', code: event.code, message: event.message };
      return dropParticipant(state, participantId, 'refused', ending);
    }
    case 'left':
      return dropParticipant(state, participantId, event.reason, LEAVING[event.reason]);
  }
}

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

function requestEffects(
  participantId: string,
  request: Extract<ParticipantEvent, { type: 'request' }>['request'],
): readonly SessionEffect[] {
  switch (request.type) {
    case 'text':
      return [{ type: 'upstream', command: { type: 'sendText', text: request.text, participantId } }, active];
    case 'interrupt':
      return [{ type: 'upstream', command: { type: 'interrupt' } }];
    case 'mute':
      return [{ type: 'mute', participantId, muted: request.muted }];
  }
}

function dropParticipant(state: Open, participantId: string, reason: string, ending: SessionEnding): SessionStep {
  const phase = state.participants.get(participantId);
  if (phase === undefined) return unchanged(state);
  const participants = new Map(state.participants);
  participants.delete(participantId);
  const effects: SessionEffect[] = [
    { type: 'drop', participantId, ending },
    farewell(participantId, phase, reason, ending),
  ];
  const rest: Open = { ...state, participants };
  if (participants.size > 0) return { state: rest, effects };
  // Nobody is left to talk to.
  const last = close(rest, ending.reason === 'stopped' ? { reason: 'left' } : ending);
  return { state: last.state, effects: [...effects, ...last.effects] };
}

function farewell(
  participantId: string,
  phase: ParticipantPhase,
  reason: string,
  ending: SessionEnding,
): SessionEffect {
  if (phase !== 'answering') return emit({ type: 'participantLeft', participantId, reason });
  return refuseJoin(participantId, ending.code ?? 'aborted', ending.message ?? 'The session ended first');
}

function close(state: Opening | Open, ending: SessionEnding): SessionStep {
  const effects: SessionEffect[] = [];
  if (state.name === 'opening') {
    for (const participantId of state.joins.keys())
      effects.push(farewell(participantId, 'answering', ending.reason, ending));
  } else {
    for (const [participantId, phase] of state.participants) {
      effects.push(farewell(participantId, phase, ending.reason, ending));
    }
    effects.push(emit({ type: 'closing', ...ending }));
  }
  effects.push({ type: 'release', ending });
  return { state: { name: 'closing', ending }, effects };
}

function stepClosing(state: Extract<SessionState, { name: 'closing' }>, input: SessionInput): SessionStep {
  if (input.type === 'released') {
    return { state: { name: 'closed' }, effects: [emit({ type: 'closed', ...state.ending })] };
  }
  if (input.type === 'command' && input.command.type === 'join') {
    const { participantId } = input.command;
    return { state, effects: [refuseJoin(participantId, 'session_closed', 'The session is closing')] };
  }
  return unchanged(state);
}

function endingOf(reason: SessionCloseReason): SessionEnding {
  const code = CLOSE_ERRORS[reason];
  return code === undefined ? { reason } : { reason, code };
}

function modelClosed(event: Extract<UpstreamEvent, { type: 'closed' }>): SessionEnding {
  const { error } = event;
  if (error === undefined) return { reason: 'model_closed', code: 'model_closed', message: 'The speech model hung up' };
  return { reason: 'model_closed', code: error.code, message: error.message };
}

const active: SessionEffect = { type: 'emit', event: { type: 'activity' } };

function emit(event: SessionEvent): SessionEffect {
  return { type: 'emit', event };
}

function refuseJoin(participantId: string, code: ErrorCode, message: string): SessionEffect {
  return emit({ type: 'joinRefused', participantId, code, message });
}

function refuseSecond(participantId: string): SessionEffect {
  return refuseJoin(participantId, 'invalid_request', 'This participant has joined already');
}

function unchanged(state: SessionState): SessionStep {
  return { state, effects: [] };
}
