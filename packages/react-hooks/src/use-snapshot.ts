import { useCallback, useSyncExternalStore } from 'react';

/** What has a snapshot that stays the same object until something changed. */
export interface SnapshotStore<Snapshot> {
  getSnapshot(): Snapshot;
  subscribe(listener: () => void): () => void;
}

/** The newest snapshot of a store; `initial` is what servers render. */
export function useSnapshot<Snapshot>(store: SnapshotStore<Snapshot>, initial: Snapshot): Snapshot {
  const subscribe = useCallback((listener: () => void) => store.subscribe(listener), [store]);
  return useSyncExternalStore(
    subscribe,
    () => store.getSnapshot(),
    () => initial,
  );
}
