// @vitest-environment happy-dom

import { act, cleanup, renderHook } from '@testing-library/react';
import type { OpenConversation } from '@voice-bridge/browser-client/phone';
import { VoiceBridgeError } from '@voice-bridge/core';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useOpenConversations } from './use-open-conversations.ts';

const KITCHEN: OpenConversation = { conversationId: 'kitchen', state: 'open', openedAt: 1_000, participants: 1 };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('[S-0.32] lists the open conversations, again after a while, and keeps the last list over a failure', async () => {
  const answers: (() => readonly OpenConversation[])[] = [
    () => [],
    () => [KITCHEN],
    () => {
      throw new Error('No network');
    },
  ];
  const signals: AbortSignal[] = [];
  const list = async (signal: AbortSignal) => {
    signals.push(signal);
    return (answers[signals.length - 1] ?? (() => []))();
  };
  const { result, unmount } = renderHook(() => useOpenConversations({ list, refreshMs: 1_000 }));
  expect(result.current).toEqual({ state: 'loading', conversations: [], error: null });
  await act(() => vi.advanceTimersByTimeAsync(0));
  expect(result.current).toEqual({ state: 'ready', conversations: [], error: null });
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(result.current).toMatchObject({ state: 'ready', conversations: [KITCHEN] });
  await act(() => vi.advanceTimersByTimeAsync(1_000));
  expect(result.current).toMatchObject({ state: 'failed', conversations: [KITCHEN], error: { message: 'No network' } });
  unmount();
  expect(signals.at(-1)?.aborted).toBe(true);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(signals).toHaveLength(3);
});

it('stops asking once the bridge refused for good', async () => {
  let asked = 0;
  const list = async () => {
    asked++;
    throw new VoiceBridgeError('unauthorized', 'Sign in first');
  };
  const { result } = renderHook(() => useOpenConversations({ list, refreshMs: 1_000 }));
  await act(() => vi.advanceTimersByTimeAsync(10_000));
  expect([asked, result.current.state]).toEqual([1, 'failed']);
});
