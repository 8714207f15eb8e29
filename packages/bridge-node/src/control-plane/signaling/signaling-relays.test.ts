import { silentLogger } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { SignalingRelays } from './signaling-relays.ts';

const OFFER = '{"type":"offer","sdp":"v=0"}';

it('[S-0.11] forgets a conversation that everybody left, and what waited in it', () => {
  const relays = new SignalingRelays(silentLogger);
  const quiet = { hear: () => {}, replaced: () => {}, closing: () => {} };
  const first = relays.join('kitchen', 'desktop', quiet);
  first.say(OFFER);
  const second = relays.join('kitchen', 'desktop', quiet);
  const other = relays.join('cellar', 'mobile', quiet);
  first.leave();
  expect(relays.size).toBe(2);
  second.leave();
  second.leave();
  other.leave();
  expect(relays.size).toBe(0);
});

it('[S-0.13][S-0.43] notes that a message is for somebody who is not connected', () => {
  const notes: string[] = [];
  const debug = (_fields: unknown, message: string) => notes.push(message);
  const relays = new SignalingRelays({ ...silentLogger, debug });
  relays.join('kitchen', 'desktop', { hear: () => {}, replaced: () => {}, closing: () => {} }).say(OFFER);
  expect(notes).toEqual(['signaling: mobile not connected']);
});
