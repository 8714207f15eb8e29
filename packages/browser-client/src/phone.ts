export {
  type DesktopEnd,
  INITIAL_LINK_SNAPSHOT,
  type MixSource,
  type PhoneInvite,
  type PhoneLinkEvents,
  type PhoneLinkSnapshot,
  type PhoneView,
  type SpeakerWhilePhone,
} from './phone/link/desktop-end.ts';
export type { LinkHost } from './phone/link/link-host.ts';
export { PhoneLink, type PhoneLinkOptions } from './phone/link/phone-link.ts';
export type { PhoneMixer, PhoneMixerFactory } from './phone/link/phone-mixer.ts';
export {
  INITIAL_PHONE_SNAPSHOT,
  type OwnConversation,
  type PhoneEnd,
  type PhoneInvitation,
  type PhoneMicrophoneSnapshot,
  type PhonePath,
  type PhoneQuality,
  type PhoneState,
} from './phone/microphone/phone-end.ts';
export { PhoneMicrophone, type PhoneMicrophoneOptions } from './phone/microphone/phone-microphone.ts';
export type { PhoneStorage } from './phone/microphone/phone-place.ts';
export type { PhoneTrouble, PhoneTroubleCode } from './phone/microphone/phone-trouble.ts';
export {
  listOpenConversations,
  type OpenConversation,
  type OpenConversationsOptions,
} from './phone/shared/open-conversations.ts';
