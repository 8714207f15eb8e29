import type { VoiceBridgeError } from '@voice-bridge/core';

const ASSISTANT: Readonly<Record<string, string>> = {
  idle: 'Connected. Say something.',
  listening: 'Listening…',
  thinking: 'Thinking…',
  speaking: 'Speaking. Talk over it to interrupt.',
  using_tool: 'Using a tool…',
};

const STATE: Readonly<Record<string, string>> = {
  idle: 'Press the button and talk.',
  connecting: 'Connecting…',
  reconnecting: 'Connection lost. Reconnecting…',
  closed: 'Stopped. Press the button to talk again.',
  failed: 'That did not work.',
};

/** What is going on, in one sentence. */
export function describeState(state: string, assistant: string): string {
  return (state === 'connected' ? ASSISTANT[assistant] : STATE[state]) ?? state;
}

const MICROPHONE: Readonly<Record<string, string>> = {
  microphone_denied: 'The browser was not allowed to use the microphone. Allow it in the address bar, or type below.',
  microphone_not_found: 'No microphone was found. You can type below and hear the answers.',
  microphone_in_use: 'Another program uses the microphone. Close it, or type below.',
  microphone_failed: 'The microphone could not be opened. You can type below and hear the answers.',
  insecure_context: 'Microphones work on https or localhost only. You can type below.',
};

/** Why there is no microphone, and what to do. */
export function describeMicrophone(reason: string | null): string {
  return (
    (reason === null ? undefined : MICROPHONE[reason]) ?? 'No microphone: you can type below and hear the answers.'
  );
}

/** What went wrong, and what to do about it when the error knows. */
export function describeError(error: VoiceBridgeError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}
