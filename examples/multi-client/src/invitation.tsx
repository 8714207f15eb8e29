import { useState } from 'react';

/** The link that lets somebody else in. */
export function Invitation() {
  const [copied, setCopied] = useState(false);
  return (
    <div className="card">
      <label htmlFor="link">Send this link to whoever should join</label>
      <input id="link" readOnly value={location.href} onFocus={(event) => event.target.select()} />
      <button
        type="button"
        onClick={() => {
          // Refused where the page may not write to the clipboard: the link can be selected by hand.
          navigator.clipboard?.writeText(location.href).then(
            () => setCopied(true),
            () => undefined,
          );
        }}
      >
        {copied ? 'Copied' : 'Copy'}
      </button>
    </div>
  );
}
