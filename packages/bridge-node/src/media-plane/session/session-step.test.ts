import { VoiceBridgeError } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import type { SessionCommand } from '../../seam/session-commands.ts';
import type { ParticipantEvent } from '../participant/participant.ts';
import { profileOf } from '../testing/fake-client.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-state.ts';
import { MAX_WAITING_WORDS, openingSession, stepSession } from './session-step.ts';

const opening = openingSession('ends');

describe('a session being opened', () => {
  it('answers waiting offers only when the model is connected [S-2.7]', () => {
    const waiting = run(opening, command({ type: 'join', participantId: 'a', offer: 'sdp', ...profileOf() }));
    expect(waiting.effects).toEqual([]);
    const opened = run(waiting.state, { type: 'upstreamOpened' });
    expect(opened.effects).toEqual([
      { type: 'startAudio' },
      { type: 'emit', event: { type: 'opened' } },
      { type: 'admit', join: { type: 'join', participantId: 'a', offer: 'sdp', ...profileOf() } },
    ]);
  });

  it('gives the model the words that waited for it, at most so many', () => {
    const words = Array.from({ length: MAX_WAITING_WORDS + 5 }, (_, index) =>
      command({ type: 'sendText', text: `${index}`, participantId: undefined }),
    );
    const { effects } = run(opening, ...words, { type: 'upstreamOpened' });
    expect(effects.filter((effect) => effect.type === 'upstream')).toHaveLength(MAX_WAITING_WORDS);
  });

  it('ends with the code of the model, and refuses who waited', () => {
    const { state, effects } = run(
      opening,
      command({ type: 'join', participantId: 'a', offer: 'sdp', ...profileOf() }),
      { type: 'upstreamFailed', code: 'model_rejected', message: 'no' },
      { type: 'released' },
    );
    expect(events(effects)).toEqual([
      { type: 'joinRefused', participantId: 'a', code: 'model_rejected', message: 'no' },
      { type: 'closed', reason: 'failed', code: 'model_rejected', message: 'no' },
    ]);
    expect(state.name).toBe('closed');
  });

  it('is released when it is closed while dialling', () => {
    const { effects } = run(opening, command({ type: 'close', reason: 'replaced' }));
    expect(effects).toEqual([{ type: 'release', ending: { reason: 'replaced', code: 'session_replaced' } }]);
  });

  it('waits a while for a first participant when none is there', () => {
    const opened = run(opening, { type: 'upstreamOpened' });
    expect(opened.effects.at(-1)).toEqual({ type: 'armJoinDeadline' });
    const given = run(opened.state, { type: 'nobodyJoined' }, { type: 'released' });
    expect(events(given.effects).at(-1)).toMatchObject({ type: 'closed', code: 'connect_timeout' });
  });
});

describe('an open session', () => {
  const open = run(opening, command({ type: 'join', participantId: 'a', offer: 'sdp', ...profileOf() }), {
    type: 'upstreamOpened',
  }).state;
  const joined = run(
    open,
    by('a', { type: 'answered', answer: 'sdp' }),
    by('a', { type: 'joined', transport: 'webrtc' }),
  ).state;

  it('ends when the last participant leaves, and says so in order', () => {
    const { effects } = run(joined, by('a', { type: 'left', reason: 'left' }), { type: 'released' });
    expect(effects.map((effect) => effect.type)).toEqual(['drop', 'emit', 'emit', 'release', 'emit']);
    expect(events(effects)).toEqual([
      { type: 'participantLeft', participantId: 'a', reason: 'left' },
      { type: 'closing', reason: 'left' },
      { type: 'closed', reason: 'left' },
    ]);
  });

  it('goes on while somebody is left', () => {
    const two = run(joined, command({ type: 'join', participantId: 'b', offer: 'sdp', ...profileOf() })).state;
    const { state, effects } = run(two, by('a', { type: 'left', reason: 'connection_lost' }));
    expect(state.name).toBe('open');
    expect(events(effects)).toEqual([{ type: 'participantLeft', participantId: 'a', reason: 'connection_lost' }]);
  });

  it('ends with connect_timeout when its only participant never connects', () => {
    const answered = run(open, by('a', { type: 'answered', answer: 'sdp' })).state;
    const { effects } = run(answered, by('a', { type: 'left', reason: 'connect_timeout' }), { type: 'released' });
    expect(events(effects).at(-1)).toMatchObject({
      type: 'closed',
      reason: 'connection_lost',
      code: 'connect_timeout',
    });
  });

  it('ends with the code of a refused only offer', () => {
    const { effects } = run(open, by('a', { type: 'refused', code: 'invalid_offer', message: 'no audio' }), {
      type: 'released',
    });
    expect(events(effects)).toEqual([
      { type: 'joinRefused', participantId: 'a', code: 'invalid_offer', message: 'no audio' },
      { type: 'closing', reason: 'failed', code: 'invalid_offer', message: 'no audio' },
      { type: 'closed', reason: 'failed', code: 'invalid_offer', message: 'no audio' },
    ]);
  });

  it('settles every join exactly once, also when it ends in the middle of one', () => {
    const { effects } = run(
      open,
      command({ type: 'close', reason: 'stopped' }),
      by('a', { type: 'answered', answer: '' }),
    );
    expect(events(effects)).toEqual([
      { type: 'joinRefused', participantId: 'a', code: 'aborted', message: 'The session ended first' },
      { type: 'closing', reason: 'stopped' },
    ]);
  });

  it('refuses a second join of the same participant and keeps the first', () => {
    const { state, effects } = run(
      joined,
      command({ type: 'join', participantId: 'a', offer: 'other', ...profileOf() }),
    );
    expect(events(effects)).toMatchObject([{ type: 'joinRefused', code: 'invalid_request' }]);
    expect(state).toEqual(joined);
  });

  it('ends with the code of a model that hung up', () => {
    const error = new VoiceBridgeError('session_expired', 'Sixty minutes are over');
    const { effects } = run(joined, { type: 'upstreamEvent', event: { type: 'closed', error } }, { type: 'released' });
    expect(events(effects).at(-1)).toEqual({
      type: 'closed',
      reason: 'model_closed',
      code: 'session_expired',
      message: 'Sixty minutes are over',
    });
  });

  it('counts speech and typed words as activity', () => {
    const { effects } = run(
      joined,
      { type: 'upstreamEvent', event: { type: 'speech', state: 'started', itemId: 'u1' } },
      by('a', { type: 'request', request: { type: 'text', text: 'hello' } }),
    );
    expect(events(effects).filter((event) => event.type === 'activity')).toHaveLength(2);
  });

  it('lets new audio through again when the assistant begins to speak', () => {
    const { effects } = run(joined, {
      type: 'upstreamEvent',
      event: { type: 'assistantChanged', state: 'speaking' },
    });
    expect(effects.map((effect) => effect.type)).toEqual(['resume', 'emit']);
  });

  it('ignores what a participant says that is gone already', () => {
    const { state, effects } = run(joined, by('ghost', { type: 'left', reason: 'left' }));
    expect(effects).toEqual([]);
    expect(state).toEqual(joined);
  });
});

describe('a closing session', () => {
  it('keeps its first reason and tells nothing but refusals until it is closed', () => {
    const closing = run(opening, command({ type: 'close', reason: 'idle' })).state;
    const { state, effects } = run(
      closing,
      command({ type: 'close', reason: 'stopped' }),
      { type: 'upstreamOpened' },
      { type: 'upstreamEvent', event: { type: 'speech', state: 'started', itemId: 'u1' } },
      command({ type: 'join', participantId: 'late', offer: 'sdp', ...profileOf() }),
      { type: 'released' },
      { type: 'released' },
      command({ type: 'sendText', text: 'hello?', participantId: undefined }),
    );
    expect(events(effects)).toEqual([
      { type: 'joinRefused', participantId: 'late', code: 'session_closed', message: 'The session is closing' },
      { type: 'closed', reason: 'idle', code: 'session_idle' },
    ]);
    expect(state.name).toBe('closed');
  });
});

function run(from: SessionState, ...inputs: readonly SessionInput[]) {
  let state = from;
  const effects: SessionEffect[] = [];
  for (const input of inputs) {
    const step = stepSession(state, input, 0);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}

function command(value: SessionCommand): SessionInput {
  return { type: 'command', command: value };
}

function by(participantId: string, event: ParticipantEvent): SessionInput {
  return { type: 'participantEvent', participantId, event };
}

function events(effects: readonly SessionEffect[]) {
  return effects.flatMap((effect) => (effect.type === 'emit' ? [effect.event] : []));
}
