import { silentLogger } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { EventsChannel, MAX_BUFFERED_BYTES } from './events-channel.ts';
import type { EventsLine } from './events-line.ts';

/** A channel to a server that has not read `bufferedAmount` bytes. */
function channelWith(bufferedAmount: number) {
  const sent: unknown[] = [];
  let closes = 0;
  const channel: EventsLine = {
    bufferedAmount,
    on: () => () => {},
    send: (message) => sent.push(message) > 0,
    receive: () => {},
    close: () => closes++,
  };
  return { events: new EventsChannel(channel, 65_536, silentLogger), sent, closes: () => closes };
}

it('gives a server up that does not read what it is sent, so that nothing piles up', () => {
  const slow = channelWith(MAX_BUFFERED_BYTES);
  expect(slow.events.send({ type: 'response.create' })).toBe(true);
  const stuck = channelWith(MAX_BUFFERED_BYTES + 1);
  expect(stuck.events.send({ type: 'response.create' })).toBe(false);
  expect([slow.sent.length, slow.closes(), stuck.sent.length, stuck.closes()]).toEqual([1, 0, 0, 1]);
});
