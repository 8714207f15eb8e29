import {
  INITIAL_PHONE_SNAPSHOT,
  type PhoneEnd,
  type PhoneMicrophoneSnapshot,
} from '@voice-bridge/browser-client/phone';
import { useMemo } from 'react';
import { useSnapshot } from './use-snapshot.ts';

/** Which phone end is shown. */
export interface UsePhoneMicrophoneOptions {
  readonly phone: PhoneEnd;
}

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

/** This phone as the microphone and speaker of a desktop's conversation. Levels re-render nothing: {@link usePhoneLevel}. */
export function usePhoneMicrophone({ phone }: UsePhoneMicrophoneOptions): PhoneMicrophoneControls {
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
