import type { VoiceSnapshot } from '@voice-bridge/browser-client';
import type { VoiceBridgeError } from '@voice-bridge/core';

type Status = Pick<VoiceSnapshot, 'state' | 'assistant' | 'microphone' | 'muted'>;

const STATE: Readonly<Record<Exclude<VoiceSnapshot['state'], 'connected'>, string>> = {
  idle: 'Press the button and talk.',
  connecting: 'Connecting…',
  reconnecting: 'Connection lost. Reconnecting…',
  closed: 'Stopped. Press the button to talk again.',
  failed: 'That did not work.',
};

/** What is going on, in one sentence. */
export function describeState(status: Status): string {
  if (status.state !== 'connected') return describeConnection(status);
  const heard = status.microphone === 'live';
  switch (status.assistant) {
    case 'idle':
      return describeConnection(status);
    case 'listening':
      return 'Listening…';
    case 'thinking':
      return 'Thinking…';
    case 'speaking':
      return heard ? 'Speaking. Talk over it to interrupt.' : 'Speaking.';
    case 'using_tool':
      return heard ? 'A tool is running. You can go on talking.' : 'A tool is running.';
  }
}

/** Where the connection stands and what one can do, in one sentence: the same for every turn. */
export function describeConnection({ state, microphone }: Status): string {
  if (state === 'connecting' && microphone === 'prompting') return 'Allow the microphone when the browser asks.';
  if (state !== 'connected') return STATE[state];
  if (microphone === 'unavailable') return 'No microphone: type below.';
  return microphone === 'muted' ? 'Connected, and you are muted.' : 'Connected. Say something.';
}

const MICROPHONE: Readonly<Record<string, string>> = {
  microphone_denied: 'The browser was not allowed to use the microphone. Allow it in the address bar, or type below.',
  microphone_not_found: 'No microphone was found. Plug one in, or type below and hear the answers.',
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
export function describeError({ message, hint }: VoiceBridgeError): string {
  const sentence = /[.!?]$/.test(message) ? message : `${message}.`;
  return hint === undefined ? sentence : `${sentence} ${hint}`;
}
