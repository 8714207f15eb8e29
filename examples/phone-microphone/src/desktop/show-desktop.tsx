import { VoiceBridgeClient } from '@voice-bridge/browser-client';
import { PhoneLink } from '@voice-bridge/browser-client/phone';
import { VoiceBridgeProvider } from '@voice-bridge/react-hooks';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { DesktopPage } from './desktop-page.tsx';
import { phonePageUrl } from './phone-page-url.ts';

/** Shows the desktop's page with a client and a link that live as long as the page; with `?confirm`, phones wait to be accepted. */
export async function showDesktop(element: Element, conversationId: string): Promise<void> {
  const client = new VoiceBridgeClient({ conversationId });
  const confirm = new URLSearchParams(location.search).has('confirm');
  const link = new PhoneLink({ client, pageUrl: await phonePageUrl(), confirm });
  createRoot(element).render(
    <StrictMode>
      <VoiceBridgeProvider client={client}>
        <DesktopPage conversationId={conversationId} link={link} />
      </VoiceBridgeProvider>
    </StrictMode>,
  );
}
