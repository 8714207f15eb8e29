import type { VoiceSnapshot } from '@voice-bridge/browser-client';
import type { DesktopEnd } from '@voice-bridge/browser-client/phone';
import { VoiceBridgeProvider } from '@voice-bridge/react-hooks';
import { FakeVoiceBridge } from '@voice-bridge/react-hooks/testing';
import { type ReactElement, StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { DesktopPage } from '../src/desktop/desktop-page.tsx';
import { PhonePage } from '../src/phone/phone-page.tsx';
import '../src/style.css';
import { DESKTOP_STATES, DESKTOP_VOICES } from './desktop-states.ts';
import { LINES } from './lines.ts';
import { PHONE_STATES } from './phone-states.ts';

const PHONES = Object.entries(PHONE_STATES).map(([name, phone]) => {
  return [`?phone=${name}`, () => <PhonePage phone={phone()} />] as const;
});
const DESKTOPS = Object.entries(DESKTOP_STATES).map(([name, link]) => {
  return [`?desktop=${name}`, () => aDesktop(link(), DESKTOP_VOICES[name])] as const;
});
const STATES = new Map<string, () => ReactElement>([...PHONES, ...DESKTOPS]);

const root = document.getElementById('root');
if (root === null) throw new Error('The page has no #root');

createRoot(root).render(<StrictMode>{(STATES.get(location.search) ?? list)()}</StrictMode>);

function aDesktop(link: DesktopEnd, fields: Partial<VoiceSnapshot> = {}) {
  const voice = new FakeVoiceBridge({ state: 'connected', microphone: 'live', transcript: LINES, ...fields });
  return (
    <VoiceBridgeProvider client={voice}>
      <DesktopPage conversationId="kitchen" link={link} />
    </VoiceBridgeProvider>
  );
}

function list() {
  return (
    <ul>
      {[...STATES.keys()].map((address) => (
        <li key={address}>
          <a href={address}>{address}</a>
        </li>
      ))}
    </ul>
  );
}
