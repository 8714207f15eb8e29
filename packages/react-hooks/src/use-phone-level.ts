import { INITIAL_PHONE_SNAPSHOT, type PhoneEnd } from '@voice-bridge/browser-client/phone';
import { useLevelFrames } from './use-level-frames.ts';
import { useSnapshot } from './use-snapshot.ts';

/**
 * Calls `onLevel` on every animation frame with how loud this phone's microphone is, 0 to 1; renders nothing. While nothing can be
 * heard (muted, or no microphone) and while the page is hidden, no frame is asked for.
 */
export function usePhoneLevel(phone: PhoneEnd, onLevel: (level: number) => void): void {
  const live = useSnapshot(phone, INITIAL_PHONE_SNAPSHOT).microphone === 'live';
  useLevelFrames(live ? () => phone.level() : null, onLevel);
}
