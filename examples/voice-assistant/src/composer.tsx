import { useState } from 'react';

/** Typed text, for when one cannot or does not want to speak. */
export function Composer({ connected, onSend }: { connected: boolean; onSend: (text: string) => void }) {
  const [text, setText] = useState('');
  const ready = connected && text.trim() !== '';
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        onSend(text.trim());
        setText('');
      }}
    >
      <label htmlFor="text">Type instead</label>
      <input
        id="text"
        value={text}
        onChange={(event) => setText(event.target.value)}
        placeholder={connected ? 'Type a message' : 'Start talking first'}
        maxLength={4000}
        autoComplete="off"
        enterKeyHint="send"
      />
      {/* aria-disabled, not disabled: sending empties the field, and a disabled button would lose the focus. */}
      <button type="submit" aria-disabled={!ready}>
        Send
      </button>
    </form>
  );
}
