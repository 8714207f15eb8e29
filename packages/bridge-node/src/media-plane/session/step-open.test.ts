import { describe, expect, it } from 'vitest';
import type { SessionCommand } from '../../seam/session-commands.ts';
import type { UpstreamEvent } from '../upstream/upstream.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-state.ts';
import { openingSession, stepSession } from './session-step.ts';

describe('levels', () => {
  it('are told to clients where there are others to look at, and who speaks to the bridge once', () => {
    const two = sessionOf('ada', 'bob');
    const loud = { levels: { ada: 0.2, bob: 0 }, active: 'ada' };
    const softer = { levels: { ada: 0.1, bob: 0 }, active: 'ada' };
    const nobody = { levels: { ada: 0, bob: 0 }, active: null };
    const inputs = [loud, softer, nobody].map((levels) => ({ type: 'levels', levels }) as const);
    expect(run(two, ...inputs).effects).toEqual([
      { type: 'tellLevels', levels: loud },
      { type: 'emit', event: { type: 'speakers', active: 'ada' } },
      { type: 'tellLevels', levels: softer },
      { type: 'tellLevels', levels: nobody },
      { type: 'emit', event: { type: 'speakers', active: null } },
    ]);
    const alone = run(sessionOf('ada'), { type: 'levels', levels: { levels: { ada: 0.2 }, active: 'ada' } });
    expect(alone.effects).toEqual([{ type: 'emit', event: { type: 'speakers', active: 'ada' } }]);
  });
});

describe('whose line it is', () => {
  const said = (active: string | null, ...loud: readonly string[]): SessionInput[] => [
    upstream({ type: 'speech', state: 'started', itemId: 'u1' }),
    { type: 'levels', levels: { levels: Object.fromEntries(loud.map((id) => [id, 0.2])), active } },
    upstream({ type: 'speech', state: 'stopped', itemId: 'u1' }),
    upstream({ type: 'transcript', entry: { id: 'u1', role: 'user', text: 'hi', state: 'final' }, after: null }),
  ];
  const authorIn = (effects: readonly SessionEffect[]) =>
    effects.flatMap((effect) =>
      effect.type === 'emit' && effect.event.type === 'transcript' ? [effect.event.entry.participant_id] : [],
    );

  it('is theirs who spoke alone, and nobody’s when two did', () => {
    const session = sessionOf('ada', 'bob');
    expect(authorIn(run(session, ...said('bob', 'bob')).effects)).toEqual(['bob']);
    expect(authorIn(run(session, ...said('bob', 'ada', 'bob')).effects)).toEqual([undefined]);
    expect(authorIn(run(session, ...said(null)).effects)).toEqual([undefined]);
  });

  it('is theirs who alone was unmuted', () => {
    const session = run(sessionOf('ada', 'bob'), told({ type: 'setParticipant', participantId: 'ada', muted: true }));
    expect(authorIn(run(session.state, ...said(null)).effects)).toEqual(['bob']);
  });

  it('is theirs who typed it, and never theirs what the assistant says', () => {
    const { effects } = run(
      sessionOf('ada', 'bob'),
      upstream({ type: 'textSent', itemId: 't1', author: 'ada' }),
      upstream({ type: 'textSent', itemId: 'a1', author: 'ada' }),
      upstream({ type: 'transcript', entry: { id: 't1', role: 'user', text: 'hi', state: 'final' }, after: null }),
      upstream({ type: 'transcript', entry: { id: 'a1', role: 'assistant', text: 'hi', state: 'final' }, after: 't1' }),
    );
    expect(authorIn(effects)).toEqual(['ada', undefined]);
  });
});

it('answers who comes without an offer by letting them in', () => {
  const { effects } = run(
    openingSession('ends'),
    join('ada'),
    { type: 'upstreamOpened' },
    {
      type: 'participantEvent',
      participantId: 'ada',
      event: { type: 'joined', transport: 'websocket' },
    },
  );
  expect(effects.flatMap((effect) => (effect.type === 'emit' ? [effect.event] : [])).slice(1)).toEqual([
    { type: 'joinAnswered', participantId: 'ada', answer: '' },
    { type: 'participantJoined', participantId: 'ada', name: null, role: 'speaker', transport: 'websocket' },
  ]);
});

it('tells of whom it takes out before they are there as of one who was given up', () => {
  const connecting = run(
    openingSession('ends'),
    join('ada'),
    join('bob'),
    { type: 'upstreamOpened' },
    { type: 'participantEvent', participantId: 'bob', event: { type: 'answered', answer: 'sdp' } },
  ).state;
  const { effects } = run(
    connecting,
    told({ type: 'removeParticipant', participantId: 'ada' }),
    told({ type: 'removeParticipant', participantId: 'bob' }),
  );
  expect(effects.flatMap((effect) => (effect.type === 'emit' ? [effect.event] : [])).slice(0, 2)).toEqual([
    { type: 'joinRefused', participantId: 'ada', code: 'aborted', message: 'Given up' },
    { type: 'joinEnded', participantId: 'bob' },
  ]);
});

function sessionOf(...ids: readonly string[]): SessionState {
  const joined = ids.map(
    (participantId): SessionInput => ({
      type: 'participantEvent',
      participantId,
      event: { type: 'joined', transport: 'webrtc' },
    }),
  );
  return run(openingSession('ends'), ...ids.map(join), { type: 'upstreamOpened' }, ...joined).state;
}

function join(participantId: string): SessionInput {
  return told({
    type: 'join',
    participantId,
    offer: 'sdp',
    name: null,
    role: 'speaker',
    moderator: false,
    textLength: 4_000,
  });
}

function upstream(event: UpstreamEvent): SessionInput {
  return { type: 'upstreamEvent', event };
}

function told(command: SessionCommand): SessionInput {
  return { type: 'command', command };
}

function run(from: SessionState, ...inputs: readonly SessionInput[]) {
  let state = from;
  const effects: SessionEffect[] = [];
  for (const [index, input] of inputs.entries()) {
    const step = stepSession(state, input, index * 100);
    state = step.state;
    effects.push(...step.effects);
  }
  return { state, effects };
}
