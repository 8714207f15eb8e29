import { VoiceBridgeClient, type VoiceClient } from '@voice-bridge/browser-client';
import {
  type DesktopEnd,
  INITIAL_LINK_SNAPSHOT,
  PhoneLink,
  type PhoneLinkOptions,
  type PhoneLinkSnapshot,
} from '@voice-bridge/browser-client/phone';
import { useContext, useMemo } from 'react';
import { useOwned } from './use-owned.ts';
import { useSnapshot } from './use-snapshot.ts';
import { VoiceContext } from './voice-context.ts';

/** Either your own link, or the options of one that the hook makes once and owns; its client is the nearest provider's when none is given. */
export type UsePhoneLinkOptions =
  | { readonly link: DesktopEnd }
  | (Partial<PhoneLinkOptions> & { readonly link?: undefined });

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

/**
 * The phones of a desktop: who they are, what is heard of them, and what can be done about it. Never opens by itself; options are read at
 * the first render, and what the hook owns is closed when its component is unmounted. Levels re-render nothing: {@link useSourceLevel}.
 * Throws `TypeError` without a client: outside of a provider, or where the provider's is no `VoiceBridgeClient`.
 */
export function usePhoneLink(options: UsePhoneLinkOptions = {}): PhoneLinkControls {
  const provided = useContext(VoiceContext);
  const link = useOwned<DesktopEnd>(
    options.link,
    () => {
      const own: Partial<PhoneLinkOptions> = options.link === undefined ? options : {};
      return new PhoneLink({ ...own, client: clientOf(own.client ?? provided) });
    },
    (owned) => void owned.close(),
  );
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

function clientOf(client: VoiceClient | null): VoiceBridgeClient {
  if (client instanceof VoiceBridgeClient) return client;
  throw new TypeError('usePhoneLink works with a VoiceBridgeClient: give one, or a link');
}
