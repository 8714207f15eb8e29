import type { PhoneMicrophoneControls } from '@voice-bridge/react-hooks/phone';
import { Trouble } from './trouble.tsx';
import { describePhone } from './words.ts';

/** Between the first tap and the desktop's answer. */
export function WaitScreen({ controls }: { readonly controls: PhoneMicrophoneControls }) {
  return (
    <main className="phone wait" data-state={controls.state}>
      <div className="middle">
        <span className="spinner" aria-hidden="true" />
        <h1 tabIndex={-1}>{controls.state === 'joining' ? 'One moment' : 'Waiting for the desktop'}</h1>
        <p role="status">{describePhone(controls)}</p>
        {controls.state === 'waiting' && (
          <p className="quiet">Somebody at the desktop may have to press “Accept”. Keep this page open.</p>
        )}
      </div>
      <Trouble controls={controls} />
      <button type="button" className="wide" onClick={() => void controls.leave()}>
        Cancel
      </button>
    </main>
  );
}
