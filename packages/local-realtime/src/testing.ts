export {
  RealtimeTestClient,
  type RealtimeTestClientOptions,
  type ReceivedEvent,
  type ReceivedPacket,
} from './testing/realtime-test-client.ts';
export type { TestMicrophone } from './testing/test-microphone.ts';
export { testSpeech } from './testing/test-speech.ts';
