// @vitest-environment happy-dom

import { act, cleanup, renderHook } from '@testing-library/react';
import { FakePhoneLink, FakePhoneMicrophone } from '@voice-bridge/browser-client/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { usePhoneLevel } from './use-phone-level.ts';
import { usePhoneLink } from './use-phone-link.ts';
import { usePhoneMicrophone } from './use-phone-microphone.ts';
import { useSourceLevel } from './use-source-level.ts';

/** Animation frames that the test paints. */
let frames: FrameRequestCallback[] = [];

beforeEach(() => {
  frames = [];
  vi.stubGlobal('requestAnimationFrame', (callback: FrameRequestCallback) => frames.push(callback));
  vi.stubGlobal('cancelAnimationFrame', (frame: number) => {
    frames = frames.filter((_, index) => index + 1 !== frame);
  });
});
afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});

function paint(): void {
  const due = frames;
  frames = [];
  for (const frame of due) frame(0);
}

describe('usePhoneMicrophone', () => {
  it('gives what the phone shows and actions that never change', async () => {
    const phone = new FakePhoneMicrophone();
    const { result } = renderHook(() => usePhoneMicrophone({ phone }));
    const { join, hasStored, setMuted, setVolume, setSpeakerMuted, hold, release, resume, leave } = result.current;
    expect(result.current).toMatchObject({ state: 'idle', microphone: 'off', path: null, trouble: null });
    await act(() => join({ code: 'ABCD-2345' }));
    expect(result.current).toMatchObject({ state: 'waiting', conversationId: 'kitchen' });
    expect(hasStored()).toBe(true);
    act(() => phone.connect('relayed'));
    act(() => setMuted(true));
    expect(result.current).toMatchObject({ state: 'connected', path: 'relayed', microphone: 'muted', muted: true });
    act(() => hold());
    expect(result.current).toMatchObject({ microphone: 'live', holding: true });
    act(() => release());
    act(() => setVolume(0.5));
    act(() => setSpeakerMuted(true));
    expect(result.current).toMatchObject({ microphone: 'muted', speaker: { muted: true, volume: 0.5 } });
    await act(() => resume());
    await act(() => leave());
    expect(result.current.state).toBe('closed');
    expect(phone.actions.map(({ name }) => name)).toEqual([
      ...['join', 'setMuted', 'hold', 'release', 'setVolume', 'setSpeakerMuted', 'resume', 'leave'],
    ]);
    expect(result.current).toMatchObject({ join, hasStored, setMuted, setVolume, hold, release, resume, leave });
  });

  it('usePhoneLevel paints while the microphone is heard, renders nothing, and asks for no frame while it is muted', async () => {
    const phone = new FakePhoneMicrophone();
    const levels: number[] = [];
    let renders = 0;
    const { unmount } = renderHook(() => {
      renders++;
      usePhoneLevel(phone, (level) => levels.push(level));
    });
    expect(frames).toHaveLength(0);
    await act(() => phone.join('stored').catch(() => phone.join({ token: 'token' })));
    const before = renders;
    phone.loudness = 0.5;
    paint();
    phone.loudness = 0.7;
    paint();
    expect(levels).toEqual([0, 0.5, 0.7]);
    expect(renders).toBe(before);
    act(() => phone.setMuted(true));
    expect([levels.at(-1), frames.length]).toEqual([0, 0]);
    act(() => phone.setMuted(false));
    expect(frames).toHaveLength(1);
    unmount();
    expect(frames).toHaveLength(0);
  });
});

describe('usePhoneLink', () => {
  it('gives the phones and actions that never change', async () => {
    const link = new FakePhoneLink();
    const { result } = renderHook(() => usePhoneLink({ link }));
    const first = result.current;
    expect(first).toMatchObject({ state: 'closed', phones: [], selected: 'all', desktop: { muted: false, gain: 1 } });
    await act(async () => {
      expect(await first.invite()).toMatchObject({ peerId: 'mobile', code: 'ABCD-2345' });
    });
    act(() => link.showPhone({ peerId: 'mobile', state: 'waiting' }));
    await act(() => first.accept('mobile'));
    expect(result.current.phones).toMatchObject([{ peerId: 'mobile', state: 'connecting' }]);
    act(() => first.setGain('mobile', 2));
    act(() => first.setMuted('desktop', true));
    act(() => first.select('mobile'));
    act(() => first.setSendMicrophoneToPhone(true));
    act(() => first.setPhoneSpeaker('mobile', { muted: false, volume: 0.3 }));
    expect(result.current).toMatchObject({
      state: 'open',
      phones: [{ gain: 2, speaker: { volume: 0.3 } }],
      desktop: { muted: true },
      selected: 'mobile',
      sendsMicrophoneToPhone: true,
    });
    await act(() => first.remove('mobile'));
    expect(result.current.phones).toEqual([]);
    await act(() => first.open());
    await act(() => first.refuse('mobile-2'));
    await act(() => first.close());
    expect(link.actions.map(({ name }) => name)).toEqual([
      ...['invite', 'accept', 'setGain', 'setMuted', 'select', 'setSendMicrophoneToPhone', 'setPhoneSpeaker'],
      ...['remove', 'open', 'refuse', 'close'],
    ]);
    const { invite, accept, setGain, setMuted, select, remove } = first;
    expect(result.current).toMatchObject({ invite, accept, setGain, setMuted, select, remove });
  });

  it('useSourceLevel paints a source while it is there and not muted', () => {
    const link = new FakePhoneLink({ state: 'open' });
    const levels: number[] = [];
    renderHook(() => useSourceLevel(link, 'mobile', (level) => levels.push(level)));
    expect(frames).toHaveLength(0);
    act(() => link.showPhone({ peerId: 'mobile' }));
    link.hear('mobile', 0.4);
    paint();
    expect(levels).toEqual([0, 0.4]);
    act(() => link.setMuted('mobile', true));
    expect([levels.at(-1), frames.length]).toEqual([0, 0]);
    act(() => link.setMuted('mobile', false));
    act(() => link.showPhone({ peerId: 'mobile', state: 'away' }));
    expect(frames).toHaveLength(0);
  });
});
