export {
  type OpenConversations,
  type UseOpenConversationsOptions,
  useOpenConversations,
} from './use-open-conversations.ts';
export { usePhoneLevel } from './use-phone-level.ts';
export { type PhoneLinkControls, type UsePhoneLinkOptions, usePhoneLink } from './use-phone-link.ts';
export {
  type PhoneMicrophoneControls,
  type UsePhoneMicrophoneOptions,
  usePhoneMicrophone,
} from './use-phone-microphone.ts';
export { useSourceLevel } from './use-source-level.ts';
