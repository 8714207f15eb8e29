import type { PhoneInvitation } from '@voice-bridge/browser-client/phone';
import type { PhoneMicrophoneControls } from '@voice-bridge/react-hooks/phone';
import { describeError } from '../describe-error.ts';
import { CodeForm } from './code-form.tsx';
import { OpenConversations } from './open-conversations.tsx';
import { Trouble } from './trouble.tsx';
import { describePhone } from './words.ts';

interface JoinScreenProps {
  readonly controls: PhoneMicrophoneControls;
  /** From the address that a scanned code led to; null: none. */
  readonly token: string | null;
  readonly forgetToken: () => void;
}

/** The ways in: the link of a scanned code, the typed code, or one of the caller's own open conversations. */
export function JoinScreen({ controls, token, forgetToken }: JoinScreenProps) {
  const { state, error } = controls;
  const join = (invitation: PhoneInvitation) => {
    // A token counts once, whatever comes of it; what goes wrong is in the snapshot, and shown.
    forgetToken();
    controls.join(invitation).catch(() => undefined);
  };
  return (
    <main className="phone join" data-state={state}>
      <div className="middle">
        <span aria-hidden="true" className="mark" />
        <h1 tabIndex={-1}>Your phone is the microphone</h1>
        <div role="alert" className="told">
          {state !== 'idle' && (
            <p>{state === 'failed' && error !== null ? describeError(error) : describePhone(controls)}</p>
          )}
        </div>
      </div>
      {isSecureContext ? <Trouble controls={controls} /> : <Insecure token={token} />}
      {state === 'failed' && error?.retryable && controls.hasStored() && (
        <button type="button" className="wide primary" onClick={() => join('stored')}>
          Try again
        </button>
      )}
      {token === null ? (
        <>
          <p className="quiet">
            At the desktop, press “Use your phone” and point this phone's camera at the picture. Or type the code that
            is below it.
          </p>
          <CodeForm onCode={(code) => join({ code })} />
          <OpenConversations onPick={(conversationId) => join({ conversationId })} />
        </>
      ) : (
        <>
          <p className="quiet">The browser will ask for the microphone. Keep this page open while you talk.</p>
          <button type="button" className="wide primary" onClick={() => join({ token })}>
            Connect this phone
          </button>
          <button type="button" className="wide" onClick={forgetToken}>
            Type a code instead
          </button>
        </>
      )}
    </main>
  );
}

/** Said before anything is tried: browsers give such a page no microphone. */
function Insecure({ token }: Pick<JoinScreenProps, 'token'>) {
  return (
    <div role="alert" className="trouble">
      <p>This page came over http, and browsers allow a microphone on https only.</p>
      <a href={`https://${location.host}${location.pathname}${token === null ? '' : `#${token}`}`}>
        Open it over https
      </a>
    </div>
  );
}
