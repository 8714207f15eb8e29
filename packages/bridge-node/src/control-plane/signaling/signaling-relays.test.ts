import { silentLogger } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { SignalingRelays } from './signaling-relays.ts';

const OFFER = '{"type":"offer","sdp":"v=0"}';

it('[S-0.11] forgets a conversation that everybody left, and what waited in it', () => {
  const relays = new SignalingRelays({ logger: silentLogger, maxPeers: 10 });
  const quiet = { hear: () => {}, replaced: () => {}, removed: () => {}, closing: () => {} };
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
  const relays = new SignalingRelays({ logger: { ...silentLogger, debug }, maxPeers: 10 });
  relays
    .join('kitchen', 'desktop', { hear: () => {}, replaced: () => {}, removed: () => {}, closing: () => {} })
    .say(OFFER);
  expect(notes).toEqual(['signaling: mobile not connected']);
});

it('takes as many peers as it may, and again when one left; none once it is closed', () => {
  const relays = new SignalingRelays({ logger: silentLogger, maxPeers: 2 });
  let closed = 0;
  const listener = { hear: () => {}, replaced: () => {}, removed: () => {}, closing: () => closed++ };
  const first = relays.join('kitchen', 'desktop', listener);
  relays.join('kitchen', 'mobile', listener);
  expect(() => relays.join('cellar', 'desktop', listener)).toThrow('As many signal as may');
  first.leave();
  relays.join('cellar', 'desktop', listener);
  relays.close();
  expect(closed).toBe(2);
  expect(() => relays.join('attic', 'desktop', listener)).toThrow('shutting down');
});
