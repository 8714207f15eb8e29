import type { ErrorCode, SessionCloseReason } from '@voice-bridge/core';
import type { SessionCommand } from '../../seam/session-commands.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import { noPlaces } from './kept-places.ts';
import { closeSession, emit, refuseJoin, refuseSecond, unchanged } from './session-ending.ts';
import type { Member, SessionEffect, SessionEnding, SessionInput, SessionState, SessionStep } from './session-state.ts';
import { admit, stepOpen } from './step-open.ts';
import { noAuthors } from './turn-authors.ts';

/** Words that wait for a model being dialled; more are dropped. */
export const MAX_WAITING_WORDS = 32;

const CLOSE_ERRORS: Partial<Record<SessionCloseReason, ErrorCode>> = {
  replaced: 'session_replaced',
  idle: 'session_idle',
  expired: 'session_expired',
  shutting_down: 'shutting_down',
};

type Opening = Extract<SessionState, { name: 'opening' }>;

/** A session before anything happened: its model is being dialled. */
export function openingSession(whenEmpty: Opening['whenEmpty']): SessionState {
  return { name: 'opening', joins: new Map(), words: [], whenEmpty };
}

/** Decides what happens next in a session. Pure; effects are carried out in their order. `now` in ms. */
export function stepSession(state: SessionState, input: SessionInput, now: number): SessionStep {
  if (state.name === 'closed') return unchanged(state);
  if (state.name === 'closing') return stepClosing(state, input);
  if (input.type === 'command' && input.command.type === 'close') {
    return closeSession(state, endingOf(input.command.reason));
  }
  if (input.type === 'upstreamEvent' && input.event.type === 'closed') {
    return closeSession(state, modelClosed(input.event));
  }
  return state.name === 'opening' ? stepOpening(state, input) : stepOpen(state, input, now);
}

function stepOpening(state: Opening, input: SessionInput): SessionStep {
  switch (input.type) {
    case 'upstreamOpened':
      return beginSession(state);
    case 'upstreamFailed':
      return closeSession(state, { reason: 'failed', code: input.code, message: input.message });
    case 'command':
      return commandWhileOpening(state, input.command);
    default:
      return unchanged(state);
  }
}

function beginSession(state: Opening): SessionStep {
  const members = new Map<string, Member>();
  const effects: SessionEffect[] = [{ type: 'startAudio' }, emit({ type: 'opened' })];
  for (const join of state.joins.values()) {
    const admission = admit(join, noPlaces, undefined);
    members.set(join.participantId, admission.member);
    effects.push(...admission.effects);
  }
  for (const command of state.words) effects.push({ type: 'upstream', command });
  if (members.size === 0 || state.whenEmpty === 'waits') effects.push({ type: 'armJoinDeadline' });
  return {
    state: { name: 'open', members, whenEmpty: state.whenEmpty, authors: noAuthors, places: noPlaces },
    effects,
  };
}

function commandWhileOpening(state: Opening, command: SessionCommand): SessionStep {
  switch (command.type) {
    case 'join':
    case 'joinPcm': {
      if (state.joins.has(command.participantId)) return { state, effects: [refuseSecond(command.participantId)] };
      const joins = new Map(state.joins).set(command.participantId, command);
      return { state: { ...state, joins }, effects: [] };
    }
    case 'setParticipant': {
      const join = state.joins.get(command.participantId);
      if (join === undefined || command.role === undefined) return unchanged(state);
      const joins = new Map(state.joins).set(command.participantId, { ...join, role: command.role });
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
    case 'play':
      // A recording that waits would be heard at a moment nobody meant.
      return { state, effects: [emit({ type: 'played', playId: command.playId })] };
    default:
      return unchanged(state);
  }
}

function stepClosing(state: Extract<SessionState, { name: 'closing' }>, input: SessionInput): SessionStep {
  if (input.type === 'released') {
    return { state: { name: 'closed' }, effects: [emit({ type: 'closed', ...state.ending })] };
  }
  if (input.type === 'command' && (input.command.type === 'join' || input.command.type === 'joinPcm')) {
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
