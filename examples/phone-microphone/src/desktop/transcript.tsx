import { useTranscript, useVoiceBridge } from '@voice-bridge/react-hooks';
import { useState } from 'react';
import { Lines } from '../lines.tsx';

/** What is said, live, and a line to type in for when one does not want to speak. */
export function Transcript() {
  const { state, sendText } = useVoiceBridge();
  const lines = useTranscript();
  const [text, setText] = useState('');
  const ready = state === 'connected' && text.trim() !== '';
  return (
    <section className="card transcript" aria-labelledby="transcript-title">
      <h2 id="transcript-title">Transcript</h2>
      <Lines lines={lines} />
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          // A text that could not be sent stays in the transcript, marked.
          sendText(text.trim()).catch(() => undefined);
          setText('');
        }}
      >
        <label htmlFor="text" className="unseen">
          Type instead
        </label>
        <input
          id="text"
          value={text}
          onChange={(event) => setText(event.target.value)}
          placeholder={state === 'connected' ? 'Type instead' : 'Start the session first'}
          maxLength={4000}
          autoComplete="off"
          enterKeyHint="send"
        />
        {/* aria-disabled, not disabled: sending empties the field, and a disabled button would lose the focus. */}
        <button type="submit" aria-disabled={!ready}>
          Send
        </button>
      </form>
    </section>
  );
}
