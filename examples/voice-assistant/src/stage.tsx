import { useAudioLevel, useVoiceBridge } from '@voice-bridge/react-hooks';
import { type RefObject, useRef } from 'react';
import { describeError, describeMicrophone, describeState } from './words.ts';

/** The main action, what is going on, and how loud both sides are. */
export function Stage() {
  const { state, microphone, microphoneReason, assistant, error, connect, disconnect, setMuted, interrupt } =
    useVoiceBridge();
  const orb = useRef<HTMLButtonElement>(null);
  useLevelAs(orb, '--input-level', 'input');
  useLevelAs(orb, '--output-level', 'output');
  const connected = state === 'connected';
  const idle = state === 'idle' || state === 'closed' || state === 'failed';
  const muted = microphone === 'muted';
  return (
    <section className="stage" aria-label="Conversation" data-state={state} data-assistant={assistant}>
      <button
        ref={orb}
        type="button"
        className="orb"
        onClick={() => (idle ? void connect().catch(() => undefined) : void disconnect())}
      >
        <span>{idle ? 'Start talking' : connected ? 'Stop' : 'Cancel'}</span>
      </button>
      <p className="says" role="status">
        {describeState(state, assistant)}
      </p>
      <div className="extras">
        <button
          type="button"
          aria-pressed={muted}
          disabled={!connected || microphone === 'unavailable'}
          onClick={() => setMuted(!muted)}
        >
          {muted ? 'Unmute' : 'Mute'}
        </button>
        <button type="button" disabled={!connected || assistant !== 'speaking'} onClick={() => interrupt()}>
          Interrupt
        </button>
      </div>
      {microphone === 'unavailable' && <p className="note">{describeMicrophone(microphoneReason)}</p>}
      {error !== null && (
        <p className="note" role="alert">
          {describeError(error)}
        </p>
      )}
    </section>
  );
}

/** Writes a level, 0 to 1, into a CSS variable of the element: nothing re-renders. */
function useLevelAs(target: RefObject<HTMLElement | null>, name: string, side: 'input' | 'output') {
  useAudioLevel(side, (level) => target.current?.style.setProperty(name, level.toFixed(3)));
}
