// @vitest-environment happy-dom

import { cleanup, renderHook } from '@testing-library/react';
import { VoiceBridgeClient } from '@voice-bridge/browser-client';
import { FakePhoneMicrophone } from '@voice-bridge/browser-client/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { useOwned } from './use-owned.ts';
import { usePhoneLink } from './use-phone-link.ts';
import { usePhoneMicrophone } from './use-phone-microphone.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

it('what a hook made is one object in StrictMode, and ends when its component is gone for good', () => {
  const made: string[] = [];
  const ended: string[] = [];
  const make = () => `thing ${made.push('made')}`;
  const { result, rerender, unmount } = renderHook(() => useOwned(undefined, make, (thing) => ended.push(thing)), {
    reactStrictMode: true,
  });
  const owned = result.current;
  vi.runAllTimers();
  rerender();
  expect([result.current, ended]).toEqual([owned, []]);
  unmount();
  vi.runAllTimers();
  expect(ended).toEqual([owned]);
});

it('a phone end of your own is left alone', () => {
  const phone = new FakePhoneMicrophone();
  renderHook(() => usePhoneMicrophone({ phone })).unmount();
  vi.runAllTimers();
  expect(phone.actions).toEqual([]);
});

it('without one, the hook makes a phone end that touches nothing until it joins', () => {
  const { result, rerender } = renderHook(() => usePhoneMicrophone({ url: 'https://bridge.example' }));
  const { phone } = result.current;
  expect(result.current).toMatchObject({ state: 'idle', microphone: 'off' });
  rerender();
  expect(result.current.phone).toBe(phone);
});

it('a link is made for the client that is given, touches nothing until it is opened, and needs a client', () => {
  const client = new VoiceBridgeClient({ url: 'https://bridge.example', conversationId: 'kitchen' });
  const { result } = renderHook(() => usePhoneLink({ client }));
  expect(result.current).toMatchObject({ state: 'closed', phones: [] });
  expect(() => renderHook(() => usePhoneLink())).toThrow('usePhoneLink works with a VoiceBridgeClient');
});
