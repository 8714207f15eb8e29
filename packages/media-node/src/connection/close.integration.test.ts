import { afterEach, describe, expect, it } from 'vitest';
import { systemClock } from '../testing/system-clock.ts';
import type { MediaConnection } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

const closing: MediaConnection[] = [];
afterEach(() => Promise.all(closing.splice(0).map((connection) => connection.close())));

/** Two connected connections; without channels nothing but DTLS itself can tell the one that the other closes. */
async function connectedPair(channels: readonly string[]) {
  const options = { clock: systemClock, additionalHostAddresses: ['127.0.0.1'] };
  const offerer = createMediaConnection({ ...options, dialCandidates: true, channels });
  const answerer = createMediaConnection(options);
  closing.push(offerer, answerer);
  await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
  await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
  return { offerer, answerer };
}

describe('[W18] [X4] a connection that is closed', () => {
  it.each([
    ['audio only, we being the DTLS client', [], 'offerer', 'answerer'],
    ['audio only, we being the DTLS server', [], 'answerer', 'offerer'],
    ['with a data channel', ['control'], 'answerer', 'offerer'],
  ] as const)('is known to be closed at the other side at once: %s', async (_, channels, closes, learns) => {
    const pair = await connectedPair(channels);
    const learned = new Promise<number>((resolve) => {
      pair[learns].on('stateChanged', ({ name }) => {
        if (name === 'closed') resolve(performance.now());
      });
    });
    const closedAt = performance.now();
    await pair[closes].close();
    // Far less than the silence it would otherwise be told by, also on a busy machine.
    expect((await learned) - closedAt).toBeLessThan(2_000);
    expect(pair[learns].state).toMatchObject({ name: 'closed', error: { code: 'connection_lost' } });
  });
});
