import {
  type DesktopEnd,
  INITIAL_LINK_SNAPSHOT,
  type MixSource,
  type PhoneLinkSnapshot,
} from '@voice-bridge/browser-client/phone';
import { useLevelFrames } from './use-level-frames.ts';
import { useSnapshot } from './use-snapshot.ts';

/**
 * Calls `onLevel` on every animation frame with how loud a source of a desktop's mix is, 0 to 1; renders nothing. While the source is
 * muted or not there, and while the page is hidden, no frame is asked for.
 */
export function useSourceLevel(link: DesktopEnd, source: MixSource, onLevel: (level: number) => void): void {
  const heard = isHeard(useSnapshot(link, INITIAL_LINK_SNAPSHOT), source);
  useLevelFrames(heard ? () => link.level(source) : null, onLevel);
}

function isHeard({ state, desktop, phones }: PhoneLinkSnapshot, source: MixSource): boolean {
  if (source === 'desktop') return state === 'open' && !desktop.muted;
  return phones.some(({ peerId, ...phone }) => peerId === source && phone.state === 'connected' && !phone.muted);
}
