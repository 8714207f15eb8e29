import { usePushToTalk, useVoiceBridge } from '@voice-bridge/react-hooks';
import { useEffect, useState } from 'react';
import { describeError } from '../describe-error.ts';

const STATE = {
  idle: 'Press the button, then bring your phone in.',
  connecting: 'Connecting…',
  reconnecting: 'Connection lost. Reconnecting…',
  closed: 'Stopped. Press the button to begin again.',
  failed: 'That did not work.',
} as const;
const ASSISTANT = {
  idle: 'Connected. Say something.',
  listening: 'Listening…',
  thinking: 'Thinking…',
  speaking: 'Speaking. Talk over it to interrupt.',
  using_tool: 'A tool is running.',
} as const;

/** The conversation's one button, and where it stands. */
export function Session({ onStart }: { readonly onStart: () => void }) {
  const { state, assistant, microphone, error, client, connect, disconnect } = useVoiceBridge();
  const { pushToTalk, buttonProps } = usePushToTalk();
  const [warning, setWarning] = useState<string | null>(null);
  useEffect(() => client.on('warning', (each) => setWarning(describeError(each))), [client]);
  useEffect(() => client.on('stateChanged', () => setWarning(null)), [client]);
  const idle = state === 'idle' || state === 'closed' || state === 'failed';
  const told = error === null ? warning : describeError(error);
  return (
    <section className="session" aria-label="Session" data-state={state} data-assistant={assistant}>
      <button
        type="button"
        className="orb"
        onClick={(event) => {
          // The second click of a double click would stop what the first one started.
          if (event.detail > 1) return;
          if (idle) {
            onStart();
            connect().catch(() => undefined);
          } else void disconnect();
        }}
      >
        {idle ? 'Start session' : state === 'connected' ? 'Stop' : 'Cancel'}
      </button>
      <p className="says">{state === 'connected' ? ASSISTANT[assistant] : STATE[state]}</p>
      {/* Told aloud by screen readers: not every turn, which would talk over the assistant. */}
      <p className="unseen" role="status">
        {state === 'connected' ? 'Connected.' : STATE[state]}
      </p>
      {pushToTalk !== 'off' && (
        <button type="button" className="hold" {...buttonProps}>
          {pushToTalk === 'talking' ? 'Let go to be answered' : 'Hold to talk'}
        </button>
      )}
      {state === 'connected' && microphone === 'unavailable' && (
        <p className="quiet">This computer has no microphone: use your phone's.</p>
      )}
      <div role="alert">{told !== null && <p className="note bad">{told}</p>}</div>
    </section>
  );
}
