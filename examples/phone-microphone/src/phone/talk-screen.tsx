import type { PhoneMicrophoneControls } from '@voice-bridge/react-hooks/phone';
import { Lines } from '../lines.tsx';
import { Speaker } from './speaker.tsx';
import { TalkButton } from './talk-button.tsx';
import { Trouble } from './trouble.tsx';
import { ASSISTANT, describePhone, describeQuality, PATH } from './words.ts';

/** While the phone is the microphone: everything that is pressed often is within reach of the thumb. */
export function TalkScreen({ controls }: { readonly controls: PhoneMicrophoneControls }) {
  const { state, assistant, transcript } = controls;
  return (
    <main className="phone talk" data-state={state} data-microphone={controls.microphone}>
      <header>
        <h1 className="unseen" tabIndex={-1}>
          Phone microphone
        </h1>
        <Path controls={controls} />
        <button type="button" className="leave" onClick={() => void controls.leave()}>
          Leave
        </button>
      </header>
      <Lines lines={transcript} />
      <Trouble controls={controls} />
      <div className="thumb">
        <p className="says" role="status">
          {describePhone(controls)}
        </p>
        <p className="assistant" aria-hidden="true">
          {state === 'connected' ? ASSISTANT[assistant] : ''}
        </p>
        <TalkButton controls={controls} />
        <Speaker controls={controls} />
      </div>
    </main>
  );
}

function Path({ controls: { path, quality, state } }: { readonly controls: PhoneMicrophoneControls }) {
  if (path === null || state !== 'connected') return <p className="path">{state === 'connected' ? '' : '…'}</p>;
  const measured = quality === null ? null : describeQuality(quality);
  return (
    <details className="path" data-path={path} data-quality={measured?.word}>
      <summary>
        <span aria-hidden="true" className="dot" />
        {PATH[path].short}
        {measured !== null && <span className="quiet"> · {measured.word}</span>}
      </summary>
      <p>
        {PATH[path].long}
        {measured !== null && ` The line is ${measured.word}: ${measured.detail}.`}
      </p>
    </details>
  );
}
