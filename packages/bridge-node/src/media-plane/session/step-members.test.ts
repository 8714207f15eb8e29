import type { ParticipantRole } from '@voice-bridge/core';
import { describe, expect, it } from 'vitest';
import type { SessionCommand } from '../../seam/session-commands.ts';
import type { ParticipantEvent, ParticipantRequest } from '../participant/participant.ts';
import type { SessionEffect, SessionInput, SessionState } from './session-state.ts';
import { openingSession, stepSession } from './session-step.ts';

const LEAD = { role: 'speaker', moderator: true } as const;
const GUEST = { role: 'speaker', moderator: false } as const;
const WATCHER = { role: 'observer', moderator: false } as const;

describe('muting', () => {
  it('is for oneself, and everybody is told once [S-1.39]', () => {
    const session = sessionOf({ guest: GUEST });
    const muted = run(
      session,
      asks('guest', { type: 'mute', muted: true }),
      asks('guest', { type: 'mute', muted: true }),
    );
    expect(muted.effects).toEqual([
      { type: 'setAudio', participantId: 'guest', audio: { muted: true, gain: 1, role: 'speaker' } },
      emitted({ type: 'participantChanged', participantId: 'guest', muted: true, gain: 1, role: 'speaker' }),
    ]);
    const unmuted = run(muted.state, asks('guest', { type: 'set_participant', participant_id: 'guest', muted: false }));
    expect(audioOf(unmuted.effects)).toEqual([{ muted: false, gain: 1, role: 'speaker' }]);
  });

  it('by a moderator lasts until a moderator ends it', () => {
    const session = sessionOf({ lead: LEAD, guest: GUEST });
    const muted = run(session, asks('lead', { type: 'set_participant', participant_id: 'guest', muted: true }));
    expect(audioOf(muted.effects)).toEqual([{ muted: true, gain: 1, role: 'speaker' }]);
    const tried = run(muted.state, asks('guest', { type: 'mute', muted: false }));
    expect(tried.effects).toEqual([]);
    const ended = run(tried.state, asks('lead', { type: 'set_participant', participant_id: 'guest', muted: false }));
    expect(audioOf(ended.effects)).toEqual([{ muted: false, gain: 1, role: 'speaker' }]);
  });

  it('of oneself is nobody else to end', () => {
    const session = sessionOf({ lead: LEAD, guest: GUEST });
    const { state } = run(session, asks('guest', { type: 'mute', muted: true }));
    const tried = run(state, asks('lead', { type: 'set_participant', participant_id: 'guest', muted: false }));
    expect(tried.effects).toMatchObject([{ type: 'refuse', participantId: 'lead', code: 'forbidden' }]);
    expect(run(state, told({ type: 'setParticipant', participantId: 'guest', muted: false })).effects).toEqual([]);
  });

  it('of both is ended by each for itself', () => {
    const session = sessionOf({ lead: LEAD, guest: GUEST });
    const both = run(
      session,
      asks('guest', { type: 'mute', muted: true }),
      asks('lead', { type: 'set_participant', participant_id: 'guest', muted: true }),
      asks('lead', { type: 'set_participant', participant_id: 'guest', muted: false }),
    );
    expect(audioOf(both.effects)).toEqual([{ muted: true, gain: 1, role: 'speaker' }]);
    const heard = run(both.state, asks('guest', { type: 'mute', muted: false }));
    expect(audioOf(heard.effects)).toEqual([{ muted: false, gain: 1, role: 'speaker' }]);
  });

  it('before the connection stands is told as soon as it does', () => {
    const joining = run(openingSession('ends'), join('guest', GUEST), { type: 'upstreamOpened' }).state;
    const { effects } = run(
      joining,
      asks('guest', { type: 'mute', muted: true }),
      by('guest', { type: 'answered', answer: 'sdp' }),
      by('guest', { type: 'joined', transport: 'webrtc' }),
    );
    expect(effects.filter(({ type }) => type !== 'upstream')).toEqual([
      { type: 'setAudio', participantId: 'guest', audio: { muted: true, gain: 1, role: 'speaker' } },
      emitted({ type: 'joinAnswered', participantId: 'guest', answer: 'sdp' }),
      emitted({ type: 'participantJoined', participantId: 'guest', name: null, role: 'speaker', transport: 'webrtc' }),
      emitted({ type: 'participantChanged', participantId: 'guest', muted: true, gain: 1, role: 'speaker' }),
    ]);
  });
});

describe('changing others', () => {
  it.each<ParticipantRequest>([
    { type: 'set_participant', participant_id: 'lead', muted: true },
    { type: 'set_participant', participant_id: 'lead', gain: 0 },
    { type: 'set_participant', participant_id: 'nobody', muted: true },
    { type: 'set_participant', participant_id: 'guest', gain: 4 },
    { type: 'set_participant', participant_id: 'guest', role: 'observer' },
    { type: 'remove_participant', participant_id: 'lead' },
    { type: 'remove_participant', participant_id: 'guest' },
  ])('takes a moderator: $type of $participant_id is forbidden', (request) => {
    const session = sessionOf({ lead: LEAD, guest: GUEST });
    const { state, effects } = run(session, asks('guest', request));
    expect(effects).toEqual([
      { type: 'refuse', participantId: 'guest', code: 'forbidden', message: 'Only who moderates may change others' },
    ]);
    expect(state).toEqual(session);
  });

  it('sets gain and role, within their bounds', () => {
    const session = sessionOf({ lead: LEAD, guest: GUEST });
    const { effects } = run(
      session,
      asks('lead', { type: 'set_participant', participant_id: 'guest', gain: 2.5, role: 'listener' }),
      told({ type: 'setParticipant', participantId: 'guest', gain: 99 }),
      told({ type: 'setParticipant', participantId: 'guest', gain: -1, role: 'speaker' }),
      told({ type: 'setParticipant', participantId: 'nobody', gain: 2 }),
    );
    expect(audioOf(effects)).toEqual([
      { muted: false, gain: 2.5, role: 'listener' },
      { muted: false, gain: 4, role: 'listener' },
      { muted: false, gain: 0, role: 'speaker' },
    ]);
  });

  it('that are not there is told', () => {
    const session = sessionOf({ lead: LEAD });
    for (const type of ['set_participant', 'remove_participant'] as const) {
      const { effects } = run(session, asks('lead', { type, participant_id: 'nobody' }));
      expect(effects).toMatchObject([{ type: 'refuse', participantId: 'lead', code: 'not_found' }]);
    }
  });

  it('by taking them out tells them and the others, and the session goes on', () => {
    const session = sessionOf({ lead: LEAD, guest: GUEST });
    const { state, effects } = run(session, asks('lead', { type: 'remove_participant', participant_id: 'guest' }));
    expect(effects).toMatchObject([
      { type: 'drop', participantId: 'guest', ending: { reason: 'kicked', code: 'participant_removed' } },
      emitted({ type: 'participantLeft', participantId: 'guest', reason: 'kicked' }),
    ]);
    expect(state.name).toBe('open');
  });

  it('ends the session when nobody is left, as one that everybody left', () => {
    const { effects } = run(sessionOf({ lead: LEAD }), told({ type: 'removeParticipant', participantId: 'lead' }));
    expect(effects.at(-1)).toEqual({ type: 'release', ending: { reason: 'left' } });
  });
});

describe('an observer', () => {
  it('neither types nor interrupts', () => {
    const session = sessionOf({ lead: LEAD, watcher: WATCHER });
    for (const request of [{ type: 'text', text: 'hello' }, { type: 'interrupt' }] as const) {
      const { effects } = run(session, asks('watcher', request));
      expect(effects).toMatchObject([{ type: 'refuse', participantId: 'watcher', code: 'forbidden' }]);
    }
  });

  it('hears nothing from its first moment on', () => {
    const { effects } = run(openingSession('ends'), join('watcher', WATCHER), { type: 'upstreamOpened' });
    expect(audioOf(effects)).toEqual([{ muted: false, gain: 1, role: 'observer' }]);
  });

  it('becomes one who may take part when its role is changed', () => {
    const { state } = run(sessionOf({ watcher: WATCHER }), {
      ...told({ type: 'setParticipant', participantId: 'watcher', role: 'listener' }),
    });
    const { effects } = run(state, asks('watcher', { type: 'text', text: 'hello' }));
    expect(effects.map((effect) => effect.type)).toEqual(['upstream', 'emit']);
  });

  it('that waits for the model can be made a speaker', () => {
    const { effects } = run(
      openingSession('ends'),
      join('watcher', WATCHER),
      told({ type: 'setParticipant', participantId: 'watcher', role: 'speaker' }),
      { type: 'upstreamOpened' },
    );
    expect(audioOf(effects)).toEqual([]);
  });
});

type Profile = { readonly role: ParticipantRole; readonly moderator: boolean };

function sessionOf(profiles: Readonly<Record<string, Profile>>): SessionState {
  const ids = Object.entries(profiles);
  const joins = ids.map(([id, profile]) => join(id, profile));
  const joined = ids.map(([id]) => by(id, { type: 'joined', transport: 'webrtc' }));
  return run(openingSession('ends'), ...joins, { type: 'upstreamOpened' }, ...joined).state;
}

function join(participantId: string, profile: Profile): SessionInput {
  return told({ type: 'join', participantId, offer: 'sdp', name: null, textLength: 4_000, ...profile });
}

function asks(participantId: string, request: ParticipantRequest): SessionInput {
  return by(participantId, { type: 'request', request });
}

function by(participantId: string, event: ParticipantEvent): SessionInput {
  return { type: 'participantEvent', participantId, event };
}

function told(command: SessionCommand): SessionInput {
  return { type: 'command', command };
}

function emitted(event: Extract<SessionEffect, { type: 'emit' }>['event']): SessionEffect {
  return { type: 'emit', event };
}

function audioOf(effects: readonly SessionEffect[]) {
  return effects.flatMap((effect) => (effect.type === 'setAudio' ? [effect.audio] : []));
}

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
