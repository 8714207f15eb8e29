import type { VoiceState } from '@voice-bridge/browser-client';
import type { ButtonHTMLAttributes, ReactElement, ReactNode } from 'react';
import { useVoiceBridge } from './use-voice-bridge.ts';

/** Props of {@link VoiceButton}: those of a `<button>`, and a label per state. */
export interface VoiceButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'type' | 'children'> {
  /** What the button shows; default "Start talking", "Cancel" or "Stop". */
  readonly children?: ReactNode | ((state: VoiceState) => ReactNode);
}

/** One button that connects and disconnects. Unstyled; `data-state`, `data-assistant` and `data-microphone` are there for CSS. */
export function VoiceButton({ children, onClick, ...rest }: VoiceButtonProps): ReactElement {
  const { state, assistant, microphone, connect, disconnect } = useVoiceBridge();
  const resting = state === 'idle' || state === 'closed' || state === 'failed';
  return (
    <button
      {...rest}
      type="button"
      aria-busy={state === 'connecting' || state === 'reconnecting'}
      data-state={state}
      data-assistant={assistant}
      data-microphone={microphone}
      onClick={(event) => {
        onClick?.(event);
        // The second click of a double click would stop what the first one started.
        if (event.defaultPrevented || event.detail > 1) return;
        if (!resting) void disconnect();
        // The reason is in the snapshot's `error`.
        else connect().catch(() => {});
      }}
    >
      {typeof children === 'function' ? children(state) : (children ?? LABELS[state])}
    </button>
  );
}

const LABELS: Readonly<Record<VoiceState, string>> = {
  idle: 'Start talking',
  connecting: 'Cancel',
  connected: 'Stop',
  reconnecting: 'Cancel',
  closed: 'Start talking',
  failed: 'Try again',
};
