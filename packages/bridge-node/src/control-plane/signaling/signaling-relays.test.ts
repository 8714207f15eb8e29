import { silentLogger, VoiceBridgeError } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { SignalingRelays } from './signaling-relays.ts';

const OFFER = '{"type":"offer","sdp":"v=0"}';
const named = (subject: string) => ({ subject, conversations: 'any' }) as const;
const [ann, bob, carl] = [named('ann'), named('bob'), named('carl')];
const quiet = { hear: () => {}, replaced: () => {}, removed: () => {}, ousted: () => {}, closing: () => {} };

it('[S-0.11] forgets a conversation that everybody left, and what waited in it', () => {
  const relays = new SignalingRelays({ logger: silentLogger, maxPeers: 10 });
  const first = relays.join('kitchen', 'desktop', ann, quiet);
  first.say(OFFER);
  const second = relays.join('kitchen', 'desktop', ann, quiet);
  const other = relays.join('cellar', 'mobile', ann, quiet);
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
  relays.join('kitchen', 'desktop', ann, quiet).say(OFFER);
  expect(notes).toEqual(['signaling: mobile not connected']);
});

it('takes as many peers as it may, and again when one left; none once it is closed', () => {
  const relays = new SignalingRelays({ logger: silentLogger, maxPeers: 2 });
  let closed = 0;
  const listener = { ...quiet, closing: () => closed++ };
  const first = relays.join('kitchen', 'desktop', ann, listener);
  relays.join('kitchen', 'mobile', ann, listener);
  expect(() => relays.join('cellar', 'desktop', ann, listener)).toThrow('As many signal as may');
  first.leave();
  relays.join('cellar', 'desktop', ann, listener);
  relays.close();
  expect(closed).toBe(2);
  expect(() => relays.join('attic', 'desktop', ann, listener)).toThrow('shutting down');
});

it('knows who has a peer id; who is ousted from it is told why and nothing more, the others that it left, and it may come anew', () => {
  const relays = new SignalingRelays({ logger: silentLogger, maxPeers: 10 });
  const heard: string[] = [];
  const told: string[] = [];
  relays.join('kitchen', 'desktop', ann, { ...quiet, hear: (text) => heard.push(text) });
  const ousted = (error: VoiceBridgeError) => told.push(error.code);
  const phone = relays.join('kitchen', 'mobile', bob, { ...quiet, ousted, hear: (text) => told.push(text) });
  expect(relays.whoIs('kitchen', 'mobile')).toBe(bob);
  told.length = 0;
  relays.oust('kitchen', 'mobile-2', new VoiceBridgeError('forbidden', 'Nobody is there'));
  relays.oust('kitchen', 'mobile', new VoiceBridgeError('forbidden', 'It is somebody else’s'));
  expect(relays.whoIs('kitchen', 'mobile')).toBeUndefined();
  phone.say(OFFER);
  phone.leave();
  expect(told).toEqual(['forbidden']);
  expect(heard.map((text) => JSON.parse(text).state)).toEqual(['joined', 'left']);
  relays.join('kitchen', 'mobile', carl, quiet);
  expect(relays.whoIs('kitchen', 'mobile')).toBe(carl);
});
