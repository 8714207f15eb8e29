// @vitest-environment happy-dom

import { act, cleanup, renderHook } from '@testing-library/react';
import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { afterEach, expect, it } from 'vitest';
import { createVoiceWrapper } from './create-voice-wrapper.tsx';
import { useParticipants } from './use-participants.ts';

afterEach(cleanup);

it('[S-1.38] [S-1.39] gives who is in the session, oneself among them, who speaks, and what can be asked of them', async () => {
  const fake = new FakeVoiceBridge();
  const { result } = renderHook(() => useParticipants(), { wrapper: createVoiceWrapper(fake) });
  expect(result.current).toMatchObject({ participants: [], self: null, activeSpeaker: null });
  await act(() => fake.connect());
  act(() => {
    fake.join({ participantId: 'par_bob', name: 'Bob' });
  });
  expect(result.current.participants.map(({ name, isSelf }) => [name, isSelf])).toEqual([
    [null, true],
    ['Bob', false],
  ]);
  expect(result.current.self?.participantId).toBe(result.current.participants[0]?.participantId);

  act(() => fake.show({ activeSpeaker: 'par_bob' }));
  fake.hear('par_bob', 0.4);
  expect([result.current.activeSpeaker, result.current.participantLevel('par_bob')]).toEqual(['par_bob', 0.4]);

  const { setParticipant, removeParticipant } = result.current;
  setParticipant('par_bob', { gain: 0.5, muted: true });
  removeParticipant('par_bob');
  expect(fake.actions.slice(1)).toEqual([
    { name: 'setParticipant', participantId: 'par_bob', change: { gain: 0.5, muted: true } },
    { name: 'removeParticipant', participantId: 'par_bob' },
  ]);
});
