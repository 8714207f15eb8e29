import type { PhoneInvite } from '@voice-bridge/browser-client/phone';
import { QrCode } from '../qr-code.tsx';
import { isOwnMachine } from './own-machine.ts';
import { useSecondsUntil } from './use-seconds-until.ts';
import { clockOf } from './words.ts';

interface InvitationProps {
  readonly invite: PhoneInvite;
  readonly onAgain: () => void;
  readonly onCancel: () => void;
}

/** What a phone needs to come in: a picture to scan, an address and a code to type, and how long they are good. */
export function Invitation({ invite, onAgain, onCancel }: InvitationProps) {
  const seconds = useSecondsUntil(invite.expiresAt);
  const page = new URL(invite.url);
  const address = `${page.host}${page.pathname}`;
  if (seconds === 0) {
    return (
      <div className="invitation over">
        <p role="status">This code is no longer good.</p>
        <div className="row">
          <button type="button" className="primary" onClick={onAgain}>
            New code
          </button>
          <button type="button" onClick={onCancel}>
            Close
          </button>
        </div>
      </div>
    );
  }
  return (
    <div className="invitation">
      <QrCode
        modules={invite.qr}
        label="A code for the camera of your phone: it opens the page that makes it the microphone"
      />
      <div className="by-hand">
        <p>Point your phone's camera at the picture.</p>
        <p className="quiet">
          Or open <b className="address">{address}</b> on it and type
        </p>
        <p className="short-code">
          <span className="unseen">the code </span>
          {invite.code}
        </p>
        <p className="quiet" role="timer">
          Good for one phone, for {clockOf(seconds)}
        </p>
        {isOwnMachine(page.hostname) && (
          <p className="note">
            A phone cannot open {page.hostname}: it means this computer only. Start the server with{' '}
            <code>-- --lan</code>, and open the address that it prints.
          </p>
        )}
        <button type="button" onClick={onCancel}>
          Cancel
        </button>
      </div>
    </div>
  );
}
