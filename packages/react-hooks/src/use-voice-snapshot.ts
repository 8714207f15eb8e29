import { INITIAL_SNAPSHOT, type VoiceClient, type VoiceSnapshot } from '@voice-bridge/browser-client';
import { useCallback, useSyncExternalStore } from 'react';

/** One part of the client's snapshot; re-renders only when that part changed. `select` must give the same object for the same snapshot. */
export function useVoiceSnapshot<T>(client: VoiceClient, select: (snapshot: VoiceSnapshot) => T): T {
  const subscribe = useCallback((listener: () => void) => client.subscribe(listener), [client]);
  return useSyncExternalStore(
    subscribe,
    () => select(client.getSnapshot()),
    () => select(INITIAL_SNAPSHOT),
  );
}
