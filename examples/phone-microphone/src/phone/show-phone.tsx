import { PhoneMicrophone } from '@voice-bridge/browser-client/phone';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { PhonePage } from './phone-page.tsx';

/** Shows the phone's page with a phone end that lives as long as the page. */
export function showPhone(element: Element): void {
  const phone = new PhoneMicrophone();
  createRoot(element).render(
    <StrictMode>
      <PhonePage phone={phone} />
    </StrictMode>,
  );
}
