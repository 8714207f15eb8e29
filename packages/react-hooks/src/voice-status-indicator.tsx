import type { VoiceSnapshot } from '@voice-bridge/browser-client';
import type { HTMLAttributes, ReactElement, ReactNode } from 'react';
import { useVoiceBridge, type VoiceBridge } from './use-voice-bridge.ts';

/** What a {@link VoiceStatusIndicator} puts into words. */
export type VoiceStatus = Pick<VoiceBridge, 'state' | 'assistant' | 'microphone' | 'error'>;

/** Props of {@link VoiceStatusIndicator}: those of a `<span>`, and your own words. */
export interface VoiceStatusIndicatorProps extends Omit<HTMLAttributes<HTMLSpanElement>, 'children'> {
  /** Puts the status into words; default English. */
  readonly children?: (status: VoiceStatus) => ReactNode;
}

/** Says what is going on, also to screen readers (`aria-live="polite"`). Unstyled; `data-state`, `data-assistant` and `data-microphone` are there for CSS. */
export function VoiceStatusIndicator({
  children = describeVoiceStatus,
  ...rest
}: VoiceStatusIndicatorProps): ReactElement {
  const { state, assistant, microphone, error } = useVoiceBridge();
  return (
    <span
      role="status"
      aria-live="polite"
      {...rest}
      data-state={state}
      data-assistant={assistant}
      data-microphone={microphone}
    >
      {children({ state, assistant, microphone, error })}
    </span>
  );
}

/** The default words of {@link VoiceStatusIndicator}. */
export function describeVoiceStatus({ state, assistant, microphone, error }: VoiceStatus): string {
  if (state === 'connected') {
    if (assistant !== 'idle') return ASSISTANT[assistant];
    if (microphone === 'unavailable') return 'Connected without a microphone';
    return microphone === 'muted' ? 'Connected, microphone muted' : 'Connected';
  }
  if (error !== null) return error.hint === undefined ? error.message : `${error.message}. ${error.hint}`;
  return microphone === 'prompting' ? 'Asking for the microphone' : STATE[state];
}

const ASSISTANT: Readonly<Record<VoiceSnapshot['assistant'], string>> = {
  idle: 'Connected',
  listening: 'Listening',
  thinking: 'Thinking',
  speaking: 'Speaking',
  using_tool: 'Using a tool',
};

const STATE: Readonly<Record<Exclude<VoiceSnapshot['state'], 'connected'>, string>> = {
  idle: 'Not connected',
  connecting: 'Connecting',
  reconnecting: 'Reconnecting',
  closed: 'Ended',
  failed: 'Failed',
};
