import type { DesktopEnd } from '@voice-bridge/browser-client/phone';
import { usePhoneLink } from '@voice-bridge/react-hooks/phone';
import { useEffect } from 'react';
import './desktop.css';
import './session.css';
import './transcript.css';
import './invitation.css';
import './sources.css';
import './widths.css';
import './motion.css';
import { PhonePanel } from './phone-panel.tsx';
import { hadPhones, rememberPhones } from './phones-before.ts';
import { Session } from './session.tsx';
import { Transcript } from './transcript.tsx';

/** The desktop's page: one conversation, and the phones that are its microphones. */
export function DesktopPage({ conversationId, link }: { readonly conversationId: string; readonly link: DesktopEnd }) {
  const controls = usePhoneLink({ link });
  const has = controls.phones.length > 0;
  useEffect(() => {
    if (has) rememberPhones();
  }, [has]);
  // Phones of before a reload wait for their desktop; sound may only be mixed after a click.
  const letPhonesBack = () => {
    if (hadPhones()) link.open().catch(() => undefined);
  };
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
          <Session controls={controls} onStart={letPhonesBack} />
          <Transcript />
        </div>
        <PhonePanel controls={controls} />
      </main>
    </div>
  );
}
