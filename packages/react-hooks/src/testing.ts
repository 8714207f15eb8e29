export { type FakeAction, FakeVoiceBridge } from '@voice-bridge/browser-client/testing';
export { createVoiceWrapper } from './create-voice-wrapper.tsx';
