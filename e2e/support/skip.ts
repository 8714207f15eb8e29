export { skipWithout } from '@voice-bridge/local-realtime/testing';
