import type { VoiceClient } from '@voice-bridge/browser-client';
import { createContext, useContext } from 'react';

/** The client of the nearest provider. */
export const VoiceContext = createContext<VoiceClient | null>(null);

/** The client of the nearest `VoiceBridgeProvider`. Throws `TypeError` outside of one. */
export function useVoiceClient(): VoiceClient {
  const client = useContext(VoiceContext);
  if (client === null) throw new TypeError('Voice hooks and components work inside a <VoiceBridgeProvider>');
  return client;
}
