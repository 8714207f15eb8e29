import { type DesktopEnd, INITIAL_LINK_SNAPSHOT, type PhoneLinkSnapshot } from '@voice-bridge/browser-client/phone';
import { useMemo } from 'react';
import { useSnapshot } from './use-snapshot.ts';

/** Which link is shown. */
export interface UsePhoneLinkOptions {
  readonly link: DesktopEnd;
}

/** What {@link usePhoneLink} gives: the snapshot, and actions that never change. */
export interface PhoneLinkControls
  extends PhoneLinkSnapshot,
    Pick<
      DesktopEnd,
      | 'open'
      | 'close'
      | 'invite'
      | 'accept'
      | 'refuse'
      | 'remove'
      | 'setGain'
      | 'setMuted'
      | 'select'
      | 'setSendMicrophoneToPhone'
      | 'setPhoneSpeaker'
    > {
  /** For {@link useSourceLevel}, and for its warnings. */
  readonly link: DesktopEnd;
}

/** The phones of a desktop: who they are, what is heard of them, and what can be done about it. Levels re-render nothing: {@link useSourceLevel}. */
export function usePhoneLink({ link }: UsePhoneLinkOptions): PhoneLinkControls {
  const snapshot = useSnapshot(link, INITIAL_LINK_SNAPSHOT);
  const actions = useMemo(() => actionsOf(link), [link]);
  return { ...snapshot, ...actions, link };
}

function actionsOf(link: DesktopEnd) {
  const setGain: DesktopEnd['setGain'] = (source, gain) => link.setGain(source, gain);
  const setMuted: DesktopEnd['setMuted'] = (source, muted) => link.setMuted(source, muted);
  const select: DesktopEnd['select'] = (source) => link.select(source);
  const setPhoneSpeaker: DesktopEnd['setPhoneSpeaker'] = (peerId, speaker) => link.setPhoneSpeaker(peerId, speaker);
  const invite: DesktopEnd['invite'] = (peerId) => link.invite(peerId);
  const accept: DesktopEnd['accept'] = (peerId) => link.accept(peerId);
  const refuse: DesktopEnd['refuse'] = (peerId) => link.refuse(peerId);
  const remove: DesktopEnd['remove'] = (peerId) => link.remove(peerId);
  return {
    open: () => link.open(),
    close: () => link.close(),
    invite,
    accept,
    refuse,
    remove,
    setGain,
    setMuted,
    select,
    setSendMicrophoneToPhone: (send: boolean) => link.setSendMicrophoneToPhone(send),
    setPhoneSpeaker,
  };
}
