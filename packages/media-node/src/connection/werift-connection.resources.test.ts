import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { chromiumOffer } from '../testing/browser-offers.ts';
import { systemClock } from '../testing/system-clock.ts';
import type { MediaConnection, MediaConnectionOptions } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

function create(extra: Partial<MediaConnectionOptions> = {}): MediaConnection {
  return createMediaConnection({ clock: systemClock, additionalHostAddresses: ['127.0.0.1'], ...extra });
}

describe('createMediaConnection and the resources of the process', () => {
  it('leaves no socket and no timer behind, however a connection ends', async () => {
    const before = resources();
    expect(before.sockets).toBe(0);
    const connected = async () => {
      const offerer = create({ dialCandidates: true, channels: ['control'] });
      const answerer = create();
      await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
      await Promise.all([offerer.whenConnected(), answerer.whenConnected()]);
      await Promise.all([offerer.close(), answerer.close()]);
    };
    const abandoned = async () => {
      const connection = create({ connectTimeoutMs: 200 });
      // On a slow machine the deadline may pass while it still answers: that ends the same way.
      await connection.answerOffer(chromiumOffer).catch(() => {});
      await expect(connection.whenConnected()).rejects.toMatchObject({ code: 'connect_timeout' });
    };
    const closedWhileGathering = async () => {
      const connection = create({ channels: ['control'] });
      const offer = connection.createOffer().catch((error: unknown) => error);
      await connection.close();
      expect(await offer).toMatchObject({ code: 'aborted' });
    };
    const closedWhileHandshaking = async () => {
      const offerer = create({ dialCandidates: true });
      const answerer = create();
      await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
      await Promise.all([offerer.close(), answerer.close()]);
    };
    const neverUsed = async () => create().close();
    const endings = [connected, abandoned, closedWhileGathering, closedWhileHandshaking, neverUsed];
    await Promise.all(endings.flatMap((ending) => [ending(), ending(), ending()]));
    // A closed handle leaves the list a turn later, werift's last handshake timer runs out by itself.
    for (let left = resources(); left.sockets + left.timers > before.timers; left = resources()) await sleep(50);
  }, 15_000);
});

function resources(): { readonly sockets: number; readonly timers: number } {
  const names = process.getActiveResourcesInfo();
  const count = (wanted: string) => names.filter((name) => name === wanted).length;
  return { sockets: count('UDPWrap'), timers: count('Timeout') };
}
