import { silentLogger } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { AdoptedChannels } from './adopted-channels.ts';

const quiet = {
  label: 'oai-events',
  bufferedAmount: 0,
  onMessage: { subscribe() {} },
  stateChanged: { subscribe() {} },
  send() {},
  close() {},
};

it.each([
  [true, { ordered: true, maxRetransmits: null, maxPacketLifeTime: null }],
  [true, { ordered: true, maxRetransmits: undefined, maxPacketLifeTime: undefined }],
  [false, { ordered: false, maxRetransmits: undefined, maxPacketLifeTime: undefined }],
  [false, { ordered: true, maxRetransmits: 0, maxPacketLifeTime: undefined }],
  [false, { ordered: true, maxRetransmits: undefined, maxPacketLifeTime: 100 }],
])('that a channel is reliable is %s of %j', (isReliable, raw) => {
  expect(new AdoptedChannels(silentLogger).adopt({ ...quiet, ...raw }).isReliable).toBe(isReliable);
});

it('what waits to be sent goes after the acknowledgement of the opening (RFC 8832 section 6)', async () => {
  const sent: string[] = [];
  let change: (state: string) => void = () => {};
  const channel = new AdoptedChannels(silentLogger).adopt({
    ...quiet,
    ordered: true,
    maxRetransmits: null,
    maxPacketLifeTime: null,
    stateChanged: {
      subscribe(listener) {
        change = listener;
      },
    },
    send: (message) => sent.push(String(message)),
  });
  channel.send('session.created');
  // As werift does it, in one go.
  change('open');
  sent.push('acknowledgement');
  await Promise.resolve();
  expect(sent).toEqual(['acknowledgement', 'session.created']);
});
