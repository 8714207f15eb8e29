import type { PhoneTroubleCode } from '@voice-bridge/browser-client/phone';
import type { PhoneMicrophoneControls } from '@voice-bridge/react-hooks/phone';
import { useState } from 'react';
import { troubleButton } from './words.ts';

/** What one may leave as it is. */
const MILD: ReadonlySet<PhoneTroubleCode> = new Set(['devices_changed', 'screen_may_lock', 'page_frozen']);

/** What is in the way, in words, with what helps. The element stays, so that screen readers tell what comes into it. */
export function Trouble({ controls: { trouble, resume } }: { readonly controls: PhoneMicrophoneControls }) {
  const [dismissed, setDismissed] = useState<PhoneTroubleCode | null>(null);
  const shown = trouble === null || trouble.code === dismissed ? null : trouble;
  if (trouble === null && dismissed !== null) setDismissed(null);
  return (
    <div role="alert" className="trouble" data-code={shown?.code}>
      {shown !== null && (
        <>
          <p>{shown.message}</p>
          <div className="row">
            {shown.resumable && (
              <button type="button" onClick={() => void resume()}>
                {troubleButton(shown.code)}
              </button>
            )}
            {MILD.has(shown.code) && (
              <button type="button" onClick={() => setDismissed(shown.code)}>
                It is fine
              </button>
            )}
          </div>
        </>
      )}
    </div>
  );
}
