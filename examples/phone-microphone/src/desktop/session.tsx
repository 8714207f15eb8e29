import { usePushToTalk, useVoiceBridge } from '@voice-bridge/react-hooks';
import type { PhoneLinkControls } from '@voice-bridge/react-hooks/phone';
import { useEffect, useState } from 'react';
import { describeError } from '../describe-error.ts';
import { endSilenceInMix, isSilentInMix } from './own-silence.ts';

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
const MUTED = "This computer's microphone is muted.";

interface SessionProps {
  readonly controls: PhoneLinkControls;
  readonly onStart: () => void;
}

/** The conversation's one button, where it stands, and whether this computer is heard in it. */
export function Session({ controls, onStart }: SessionProps) {
  const { state, assistant, microphone, muted, error, client, connect, disconnect, setMuted } = useVoiceBridge();
  const { pushToTalk, buttonProps } = usePushToTalk();
  const [warning, setWarning] = useState<string | null>(null);
  useEffect(() => client.on('warning', (each) => setWarning(describeError(each))), [client]);
  useEffect(() => client.on('stateChanged', () => setWarning(null)), [client]);
  const idle = state === 'idle' || state === 'closed' || state === 'failed';
  // A link that ended leaves its settings, and mutes the client where they were silent.
  const mixes = controls.state === 'open' || controls.state === 'connecting';
  const silent = state === 'connected' && microphone !== 'unavailable' && (muted || (mixes && isSilentInMix(controls)));
  const unmute = () => {
    endSilenceInMix(controls.link);
    if (muted) setMuted(false);
  };
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
      <p className="says">
        {state !== 'connected' ? STATE[state] : silent && assistant === 'idle' ? 'Connected.' : ASSISTANT[assistant]}
      </p>
      {/* Told aloud by screen readers: not every turn, which would talk over the assistant. */}
      <p className="unseen" role="status">
        {state !== 'connected' ? STATE[state] : silent ? `Connected. ${MUTED}` : 'Connected.'}
      </p>
      {silent && (
        <div className="note">
          <p>{MUTED}</p>
          <button type="button" onClick={unmute}>
            Unmute
          </button>
        </div>
      )}
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
