import type { PhoneEnd } from '@voice-bridge/browser-client/phone';
import { usePhoneMicrophone } from '@voice-bridge/react-hooks/phone';
import { useEffect } from 'react';
import { JoinScreen } from './join-screen.tsx';
import './phone.css';
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

  switch (state) {
    case 'joining':
    case 'waiting':
      return <WaitScreen controls={controls} />;
    case 'connecting':
    case 'connected':
    case 'reconnecting':
      return <TalkScreen controls={controls} />;
    default:
      return <JoinScreen controls={controls} token={token} forgetToken={forgetToken} />;
  }
}
