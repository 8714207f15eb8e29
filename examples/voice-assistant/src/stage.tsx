import { useVoiceBridge } from '@voice-bridge/react-hooks';
import { Levels } from './levels.tsx';
import type { Trouble } from './trouble.ts';
import { describeConnection, describeError, describeMicrophone, describeState } from './words.ts';

/** The main action, what is going on, how loud both sides are, and what went wrong. */
export function Stage({ trouble }: { trouble: Trouble }) {
  const voice = useVoiceBridge();
  const { state, microphone, microphoneReason, muted, assistant, error } = voice;
  const connected = state === 'connected';
  const idle = state === 'idle' || state === 'closed' || state === 'failed';
  const unavailable = microphone === 'unavailable';
  const interruptible = connected && assistant === 'speaking';
  // The reason of a missing microphone has a note of its own.
  const shown = trouble.error?.code === microphoneReason ? null : trouble.error;
  return (
    <section className="stage" aria-label="Conversation" data-state={state} data-assistant={assistant}>
      <button
        type="button"
        className="orb"
        onClick={(event) => {
          // The second click of a double click would stop what the first one started.
          if (event.detail > 1) return;
          if (idle) voice.connect().catch(() => undefined);
          else void voice.disconnect();
        }}
      >
        <span>{idle ? 'Start talking' : connected ? 'Stop' : 'Cancel'}</span>
      </button>
      <p className="says">{describeState(voice)}</p>
      {/* Told aloud by screen readers: not every turn, which would talk over the assistant. */}
      <p className="unseen" role="status">
        {describeConnection(voice)}
      </p>
      <Levels />
      {/* aria-disabled, not disabled: a button that is disabled while it has the focus loses it. */}
      <div className="extras">
        <button
          type="button"
          data-on={muted}
          aria-disabled={unavailable}
          onClick={() => unavailable || voice.setMuted(!muted)}
        >
          {muted ? 'Unmute' : 'Mute'}
        </button>
        <button
          type="button"
          aria-disabled={!interruptible}
          onClick={() => {
            if (interruptible) voice.interrupt();
          }}
        >
          Interrupt
        </button>
      </div>
      {unavailable && (
        <div className="note">
          <p>{describeMicrophone(microphoneReason)}</p>
          <button type="button" onClick={() => voice.setInputDevice(null).catch(() => undefined)}>
            Try the microphone again
          </button>
        </div>
      )}
      {error !== null && (
        <p className="note" role="alert">
          {describeError(error)}
        </p>
      )}
      {shown !== null && (
        <div className="note">
          <p role="alert">{describeError(shown)}</p>
          <button type="button" onClick={trouble.dismiss}>
            Dismiss
          </button>
        </div>
      )}
    </section>
  );
}
