// @vitest-environment happy-dom

import { act, cleanup, fireEvent, render, renderHook, screen } from '@testing-library/react';
import { FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
import { afterEach, expect, it, vi } from 'vitest';
import { createVoiceWrapper } from './create-voice-wrapper.tsx';
import { usePushToTalk } from './use-push-to-talk.ts';

afterEach(cleanup);

function Button() {
  const { pushToTalk, buttonProps } = usePushToTalk();
  return (
    <button type="button" {...buttonProps}>
      {pushToTalk}
    </button>
  );
}

/** A button at a bridge whose turn detection is off, and what was asked since it was connected. */
async function connected() {
  const fake = new FakeVoiceBridge();
  fake.pushToTalk = true;
  const page = render(<Button />, { wrapper: createVoiceWrapper(fake) });
  const button = screen.getByRole('button');
  button.setPointerCapture = vi.fn();
  await act(() => fake.connect());
  return { fake, page, button, asked: () => fake.actions.slice(1).map(({ name }) => name) };
}

it('is held with a finger or a mouse, wherever that is let go', async () => {
  const { button, asked } = await connected();
  expect([button.textContent, button.getAttribute('aria-pressed')]).toEqual(['ready', 'false']);
  fireEvent.pointerDown(button, { button: 0, pointerId: 7 });
  expect(button.setPointerCapture).toHaveBeenCalledWith(7);
  expect([button.textContent, button.getAttribute('aria-pressed')]).toEqual(['talking', 'true']);
  fireEvent.lostPointerCapture(button, { pointerId: 7 });
  expect(button.textContent).toBe('ready');
  expect(asked()).toEqual(['startTalking', 'stopTalking']);
});

it.each([' ', 'Enter'])('is held with the key "%s", which repeats and scrolls nothing meanwhile', async (key) => {
  const { button, asked } = await connected();
  expect(fireEvent.keyDown(button, { key })).toBe(false);
  fireEvent.keyDown(button, { key, repeat: true });
  fireEvent.keyUp(button, { key: 'Shift' });
  expect(asked()).toEqual(['startTalking']);
  fireEvent.keyUp(button, { key });
  expect(asked()).toEqual(['startTalking', 'stopTalking']);
});

it('leaves other keys and buttons alone, and no menu comes of a long press', async () => {
  const { button, asked } = await connected();
  expect(fireEvent.keyDown(button, { key: 'Tab' })).toBe(true);
  fireEvent.pointerDown(button, { button: 2, pointerId: 1 });
  expect(fireEvent.contextMenu(button)).toBe(false);
  expect(asked()).toEqual([]);
});

it('is let go when the page loses the keyboard, and when the button goes', async () => {
  const { button, page, asked } = await connected();
  fireEvent.keyDown(button, { key: ' ' });
  fireEvent.blur(button);
  fireEvent.keyDown(button, { key: ' ' });
  page.unmount();
  expect(asked()).toEqual(['startTalking', 'stopTalking', 'startTalking', 'stopTalking']);
});

it('does nothing where there is nobody to talk to, and throws only for who calls it directly', async () => {
  const fake = new FakeVoiceBridge();
  const { result } = renderHook(() => usePushToTalk(), { wrapper: createVoiceWrapper(fake) });
  render(<Button />, { wrapper: createVoiceWrapper(fake) });
  fireEvent.keyDown(screen.getByRole('button'), { key: ' ' });
  await act(() => fake.connect());
  fireEvent.keyDown(screen.getByRole('button'), { key: ' ' });
  expect(result.current.pushToTalk).toBe('off');
  expect(() => result.current.startTalking()).toThrow(expect.objectContaining({ code: 'invalid_request' }));
  expect(fake.actions.map(({ name }) => name)).toEqual(['connect']);
});
