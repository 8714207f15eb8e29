// @vitest-environment happy-dom

import { act, cleanup, render, renderHook } from '@testing-library/react';
import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { createVoiceWrapper } from './create-voice-wrapper.tsx';
import { useAudioLevel } from './use-audio-level.ts';
import { useToolCalls } from './use-tool-calls.ts';
import { useTranscript } from './use-transcript.ts';
import { useVoiceBridge } from './use-voice-bridge.ts';
import { VoiceBridgeProvider } from './voice-bridge-provider.tsx';

const renders = { bridge: 0, transcript: 0, tools: 0, level: 0 };
const levels: number[] = [];

function Bridge() {
  useVoiceBridge();
  renders.bridge++;
  return null;
}

function Transcript() {
  renders.transcript++;
  return (
    <ol>
      {useTranscript().map((line) => (
        <li key={line.id}>{line.text}</li>
      ))}
    </ol>
  );
}

function Tools() {
  renders.tools++;
  return <p>{useToolCalls().length}</p>;
}

function Level() {
  useAudioLevel('input', (level) => levels.push(level));
  renders.level++;
  return null;
}

describe('voice hooks', () => {
  afterEach(cleanup);

  it('useVoiceBridge gives the state and actions that never change', async () => {
    const fake = new FakeVoiceBridge();
    const { result } = renderHook(() => useVoiceBridge(), { wrapper: createVoiceWrapper(fake) });
    const before = result.current;
    expect(before).toMatchObject({ state: 'idle', microphone: 'off', assistant: 'idle', error: null });
    await act(() => before.connect());
    act(() => before.setMuted(true));
    expect(result.current).toMatchObject({ state: 'connected', microphone: 'muted', muted: true });
    await act(() => before.sendText('hello'));
    await act(() => before.disconnect());
    expect(result.current.state).toBe('closed');
    expect(fake.actions.map((action) => action.name)).toEqual(['connect', 'setMuted', 'sendText', 'disconnect']);
    const { connect, disconnect, setMuted, sendText, interrupt } = result.current;
    expect({ ...before, connect, disconnect, setMuted, sendText, interrupt }).toEqual(before);
  });

  it('each hook re-renders for its own part only', async () => {
    const fake = new FakeVoiceBridge({ state: 'connected' });
    const view = render(
      <VoiceBridgeProvider client={fake}>
        <Bridge />
        <Transcript />
        <Tools />
        <Level />
      </VoiceBridgeProvider>,
    );
    act(() => fake.setLevels({ input: 0.5, output: 0 }));
    act(() => fake.setLevels({ input: 0.7, output: 0 }));
    expect(levels).toEqual([0.5, 0.7]);
    expect(renders).toEqual({ bridge: 1, transcript: 1, tools: 1, level: 1 });
    act(() => {
      fake.say('user', 'hello');
    });
    expect(renders).toEqual({ bridge: 1, transcript: 2, tools: 1, level: 1 });
    act(() => fake.callTool({ callId: 'c1', name: 'roll_dice' }));
    expect(renders).toEqual({ bridge: 1, transcript: 2, tools: 2, level: 1 });
    act(() => fake.show({ assistant: 'speaking' }));
    expect(renders).toEqual({ bridge: 2, transcript: 2, tools: 2, level: 1 });
    expect(view.container.textContent).toBe('hello1');
  });

  it('[S-1.35] useAudioLevel gives a number, at most as often as asked, and stops with its component', async () => {
    const fake = new FakeVoiceBridge();
    const { result, rerender, unmount } = renderHook(({ side }) => useAudioLevel(side, { intervalMs: 10_000 }), {
      wrapper: createVoiceWrapper(fake),
      initialProps: { side: 'output' } as const,
    });
    expect(result.current).toBe(0);
    act(() => fake.setLevels({ input: 0.9, output: 0.333 }));
    expect(result.current).toBe(0.34);
    act(() => fake.setLevels({ input: 0.9, output: 0.8 }));
    expect(result.current).toBe(0.34);
    rerender({ side: 'output' });
    unmount();
    expect(() => fake.setLevels({ input: 0, output: 0 })).not.toThrow();
  });

  it('useAudioLevel calls the newest callback', () => {
    const fake = new FakeVoiceBridge();
    const heard: string[] = [];
    const { rerender } = renderHook(({ name }) => useAudioLevel('output', () => heard.push(name)), {
      wrapper: createVoiceWrapper(fake),
      initialProps: { name: 'first' },
    });
    fake.setLevels({ input: 0, output: 1 });
    rerender({ name: 'second' });
    fake.setLevels({ input: 0, output: 1 });
    expect(heard).toEqual(['first', 'second']);
  });
});
