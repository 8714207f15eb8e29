// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, screen } from '@testing-library/react';
import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { VoiceBridgeError } from '@voice-bridge/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createVoiceWrapper } from './create-voice-wrapper.tsx';
import { VoiceButton } from './voice-button.tsx';
import { VoiceStatusIndicator } from './voice-status-indicator.tsx';

const press = () => act(async () => screen.getByRole('button').click());
const button = () => screen.getByRole('button');

describe('VoiceButton', () => {
  afterEach(cleanup);

  it('[S-3.3] connects and disconnects, and says so to CSS and screen readers', async () => {
    const fake = new FakeVoiceBridge();
    render(<VoiceButton className="big" />, { wrapper: createVoiceWrapper(fake) });
    expect(button().textContent).toBe('Start talking');
    await press();
    expect(fake.state).toBe('connected');
    expect(button().textContent).toBe('Stop');
    expect(button().dataset).toMatchObject({ state: 'connected', assistant: 'idle', microphone: 'live' });
    await press();
    expect(fake.state).toBe('closed');
    expect(button().className).toBe('big');
  });

  it('is no toggle for screen readers: its label says what a press does', () => {
    render(<VoiceButton />, { wrapper: createVoiceWrapper(new FakeVoiceBridge({ state: 'connected' })) });
    expect(screen.getByRole('button', { name: 'Stop' }).hasAttribute('aria-pressed')).toBe(false);
  });

  it('a double click is one press', async () => {
    const fake = new FakeVoiceBridge();
    render(<VoiceButton />, { wrapper: createVoiceWrapper(fake) });
    for (const detail of [1, 2]) await act(async () => fireEvent.click(button(), { detail }));
    expect(fake.actions).toEqual([{ name: 'connect' }]);
  });

  it('is busy and cancels while connecting', async () => {
    const fake = new FakeVoiceBridge({ state: 'connecting' });
    render(<VoiceButton>{(state) => `It is ${state}`}</VoiceButton>, { wrapper: createVoiceWrapper(fake) });
    expect(button().textContent).toBe('It is connecting');
    expect(button().getAttribute('aria-busy')).toBe('true');
    await press();
    expect(fake.actions).toEqual([{ name: 'disconnect' }]);
  });

  it('a failure is shown, not thrown', async () => {
    const fake = new FakeVoiceBridge();
    fake.refusal = new VoiceBridgeError('bridge_unreachable', 'The bridge did not answer');
    render(<VoiceButton />, { wrapper: createVoiceWrapper(fake) });
    await press();
    expect(button().textContent).toBe('Try again');
    expect(button().dataset.state).toBe('failed');
  });

  it('[S-3.30] a click listener may keep it from connecting', async () => {
    const fake = new FakeVoiceBridge();
    render(<VoiceButton onClick={(event) => event.preventDefault()} />, { wrapper: createVoiceWrapper(fake) });
    await press();
    expect(fake.actions).toEqual([]);
  });
});

describe('VoiceStatusIndicator', () => {
  afterEach(cleanup);

  it.each([
    [{ state: 'idle' }, 'Not connected'],
    [{ state: 'connecting', microphone: 'prompting' }, 'Asking for the microphone'],
    [{ state: 'connecting' }, 'Connecting'],
    [{ state: 'connected', microphone: 'live' }, 'Connected'],
    [{ state: 'connected', microphone: 'muted' }, 'Connected, microphone muted'],
    [{ state: 'connected', microphone: 'unavailable' }, 'Connected without a microphone'],
    [{ state: 'connected', assistant: 'using_tool' }, 'Using a tool'],
    [{ state: 'failed', error: new VoiceBridgeError('ice_failed', 'No path worked') }, 'No path worked'],
    [
      { state: 'failed', error: new VoiceBridgeError('ice_failed', 'No way', { hint: 'Go home.' }) },
      'No way. Go home.',
    ],
    [{ state: 'closed' }, 'Ended'],
  ] as const)('[S-2.21] puts %j into words', (snapshot, words) => {
    render(<VoiceStatusIndicator />, { wrapper: createVoiceWrapper(new FakeVoiceBridge(snapshot)) });
    const status = screen.getByRole('status');
    expect(status.textContent).toBe(words);
    expect(status.getAttribute('aria-live')).toBe('polite');
    expect(status.dataset.state).toBe(snapshot.state);
  });

  it('speaks your language', () => {
    render(<VoiceStatusIndicator>{({ state }) => (state === 'idle' ? 'Bereit' : '')}</VoiceStatusIndicator>, {
      wrapper: createVoiceWrapper(new FakeVoiceBridge()),
    });
    expect(screen.getByRole('status').textContent).toBe('Bereit');
  });
});
