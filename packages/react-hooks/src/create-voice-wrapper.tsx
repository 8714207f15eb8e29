import type { VoiceClient } from '@voice-bridge/browser-client';
import type { ReactElement, ReactNode } from 'react';
import { VoiceBridgeProvider } from './voice-bridge-provider.tsx';

/** A component that gives `client` to what it wraps: the `wrapper` option of React Testing Library. */
export function createVoiceWrapper(client: VoiceClient) {
  return ({ children }: { children: ReactNode }): ReactElement => (
    <VoiceBridgeProvider client={client}>{children}</VoiceBridgeProvider>
  );
}
