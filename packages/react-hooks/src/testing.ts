export {
  type FakeAction,
  type FakeLinkAction,
  type FakePhoneAction,
  FakePhoneLink,
  FakePhoneMicrophone,
  FakeVoiceBridge,
} from '@voice-bridge/browser-client/testing';
export { createVoiceWrapper } from './create-voice-wrapper.tsx';
