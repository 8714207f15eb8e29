export { FakeAudioGraph, FakeSpeaker } from './testing/fake-audio.ts';
export { FakeBridge, type FakeBridgeAnswer, type FakeBridgeRequest } from './testing/fake-bridge.ts';
export { FakeClientHost } from './testing/fake-client-host.ts';
export { FakeStream, FakeTrack } from './testing/fake-media.ts';
export { FakeMicrophone } from './testing/fake-microphone.ts';
export { type FakeLinkAction, FakePhoneLink } from './testing/fake-phone-link.ts';
export { type FakePhoneAction, FakePhoneMicrophone } from './testing/fake-phone-microphone.ts';
export { FakeRtcConnection } from './testing/fake-rtc-connection.ts';
export { type FakeAction, FakeVoiceBridge } from './testing/fake-voice-bridge.ts';
