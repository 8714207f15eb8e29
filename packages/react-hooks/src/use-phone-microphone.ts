import {
  INITIAL_PHONE_SNAPSHOT,
  type PhoneEnd,
  PhoneMicrophone,
  type PhoneMicrophoneOptions,
  type PhoneMicrophoneSnapshot,
} from '@voice-bridge/browser-client/phone';
import { useMemo } from 'react';
import { useOwned } from './use-owned.ts';
import { useSnapshot } from './use-snapshot.ts';

/** Either your own phone end, or the options of one that the hook makes once and owns. */
export type UsePhoneMicrophoneOptions =
  | { readonly phone: PhoneEnd }
  | (PhoneMicrophoneOptions & { readonly phone?: undefined });

/** What {@link usePhoneMicrophone} gives: the snapshot, and actions that never change. */
export interface PhoneMicrophoneControls
  extends PhoneMicrophoneSnapshot,
    Pick<
      PhoneEnd,
      'join' | 'hasStored' | 'leave' | 'setMuted' | 'hold' | 'release' | 'setSpeakerMuted' | 'setVolume' | 'resume'
    > {
  /** For {@link usePhoneLevel}. */
  readonly phone: PhoneEnd;
}

/**
 * This phone as the microphone and speaker of a desktop's conversation. Never joins by itself; options are read at the first render. What
 * the hook owns leaves, and forgets its credential, when its component is unmounted. Levels re-render nothing: {@link usePhoneLevel}.
 */
export function usePhoneMicrophone(options: UsePhoneMicrophoneOptions = {}): PhoneMicrophoneControls {
  const phone = useOwned<PhoneEnd>(
    options.phone,
    () => new PhoneMicrophone(options.phone === undefined ? options : {}),
    (owned) => void owned.leave(),
  );
  const snapshot = useSnapshot(phone, INITIAL_PHONE_SNAPSHOT);
  const actions = useMemo(() => actionsOf(phone), [phone]);
  return { ...snapshot, ...actions, phone };
}

function actionsOf(phone: PhoneEnd) {
  const join: PhoneEnd['join'] = (invitation) => phone.join(invitation);
  return {
    join,
    hasStored: () => phone.hasStored(),
    leave: () => phone.leave(),
    setMuted: (muted: boolean) => phone.setMuted(muted),
    hold: () => phone.hold(),
    release: () => phone.release(),
    setSpeakerMuted: (muted: boolean) => phone.setSpeakerMuted(muted),
    setVolume: (volume: number) => phone.setVolume(volume),
    resume: () => phone.resume(),
  };
}
