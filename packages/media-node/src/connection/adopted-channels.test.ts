import { silentLogger } from '@voice-bridge/core';
import { expect, it } from 'vitest';
import { AdoptedChannels } from './adopted-channels.ts';

it('what waits to be sent goes after the acknowledgement of the opening (RFC 8832 section 6)', async () => {
  const sent: string[] = [];
  let change: (state: string) => void = () => {};
  const channel = new AdoptedChannels(silentLogger).adopt({
    label: 'oai-events',
    bufferedAmount: 0,
    onMessage: { subscribe() {} },
    stateChanged: {
      subscribe(listener) {
        change = listener;
      },
    },
    send: (message) => sent.push(String(message)),
    close() {},
  });
  channel.send('session.created');
  // As werift does it, in one go.
  change('open');
  sent.push('acknowledgement');
  await Promise.resolve();
  expect(sent).toEqual(['acknowledgement', 'session.created']);
});
