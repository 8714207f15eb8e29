import type { PhoneEnd, PhoneState } from '@voice-bridge/browser-client/phone';
import { usePhoneMicrophone } from '@voice-bridge/react-hooks/phone';
import { useEffect, useRef } from 'react';
import { JoinScreen } from './join-screen.tsx';
import './phone.css';
import './join-screen.css';
import './wait-screen.css';
import './talk-screen.css';
import './talk-button.css';
import './speaker.css';
import './landscape.css';
import './motion.css';
import { TalkScreen } from './talk-screen.tsx';
import { useLinkToken } from './use-link-token.ts';
import { WaitScreen } from './wait-screen.tsx';

/** The phone's page: join, wait, talk. */
export function PhonePage({ phone }: { readonly phone: PhoneEnd }) {
  const controls = usePhoneMicrophone({ phone });
  const [token, forgetToken] = useLinkToken();
  const { state, hasStored, join } = controls;
  // After a reload, and without a new code: go on where it was.
  useEffect(() => {
    if (token === null && hasStored()) join('stored').catch(() => undefined);
  }, [token, hasStored, join]);

  const screen = screenOf(state);
  const shown = useRef(screen);
  // What had the focus is gone with its screen: screen readers go on at the next one's title.
  useEffect(() => {
    if (shown.current !== screen) document.querySelector('h1')?.focus();
    shown.current = screen;
  }, [screen]);

  if (screen === 'wait') return <WaitScreen controls={controls} />;
  if (screen === 'talk') return <TalkScreen controls={controls} />;
  return <JoinScreen controls={controls} token={token} forgetToken={forgetToken} />;
}

function screenOf(state: PhoneState): 'join' | 'wait' | 'talk' {
  if (state === 'joining' || state === 'waiting') return 'wait';
  return state === 'connecting' || state === 'connected' || state === 'reconnecting' ? 'talk' : 'join';
}
