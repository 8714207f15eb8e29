import type { DesktopEnd } from '@voice-bridge/browser-client/phone';
import { usePhoneLink } from '@voice-bridge/react-hooks/phone';
import './desktop.css';
import { PhonePanel } from './phone-panel.tsx';
import { Session } from './session.tsx';
import { Transcript } from './transcript.tsx';

/** The desktop's page: one conversation, and the phones that are its microphones. */
export function DesktopPage({ conversationId, link }: { readonly conversationId: string; readonly link: DesktopEnd }) {
  const controls = usePhoneLink({ link });
  return (
    <div className="desktop">
      <header>
        <h1>
          <span aria-hidden="true" className="mark" /> Voice Bridge
        </h1>
        <p className="quiet">
          Conversation <span className="id">{conversationId}</span>
        </p>
      </header>
      <main>
        <div className="talk-column">
          <Session />
          <Transcript />
        </div>
        <PhonePanel controls={controls} />
      </main>
    </div>
  );
}
