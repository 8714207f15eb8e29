import { promises as dns } from 'node:dns';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { RTCPeerConnection } from 'werift';
import { chromiumOffer } from '../testing/browser-offers.ts';
import { systemClock } from '../testing/system-clock.ts';
import type { MediaConnection, MediaConnectionOptions } from './media-connection.ts';
import { createMediaConnection } from './werift-connection.ts';

function create(extra: Partial<MediaConnectionOptions> = {}): MediaConnection {
  return createMediaConnection({ clock: systemClock, additionalHostAddresses: ['127.0.0.1'], ...extra });
}

afterEach(() => {
  vi.restoreAllMocks();
});

describe('createMediaConnection and the resources of the process', () => {
  it('asks no STUN server for its address, unless it was given one', async () => {
    const lookup = vi.spyOn(dns, 'lookup').mockRejectedValue(new Error('no such host'));
    const alone = create({ channels: ['control'] });
    const answering = create();
    await answering.answerOffer(await alone.createOffer());
    expect(lookup).not.toHaveBeenCalled();
    const asking = create({ iceServers: [{ urls: 'stun:stun.example:3478' }] });
    await asking.createOffer();
    expect(lookup).toHaveBeenCalledWith('stun.example', expect.anything());
    await Promise.all([alone, answering, asking].map((connection) => connection.close()));
  });

  it('leaves no socket and no timer behind, however a connection ends', async () => {
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
    await nothingLeft();
  });

  it('leaves nothing behind when it is closed anywhere between the answer and the connection', async () => {
    await Promise.all(
      Array.from({ length: 12 }, async (_, n) => {
        const offerer = create({ dialCandidates: true, channels: ['control'] });
        const answerer = create();
        await offerer.acceptAnswer(await answerer.answerOffer(await offerer.createOffer()));
        await sleep(n * 20);
        await Promise.all([offerer.close(), answerer.close()]);
      }),
    );
    await nothingLeft();
  });

  it('ends the retransmissions to a peer that never finishes the handshake', async () => {
    const peer = new RTCPeerConnection({
      bundlePolicy: 'max-bundle',
      iceServers: [],
      iceAdditionalHostAddresses: ['127.0.0.1'],
    });
    peer.createDataChannel('control');
    let deaf = () => {};
    const startedDtls = new Promise<void>((resolve) => {
      deaf = resolve;
    });
    for (const transport of peer.dtlsTransports) transport.start = async () => deaf();
    await peer.setLocalDescription(await peer.createOffer());
    const connection = create({ connectTimeoutMs: 1_500 });
    const answer = await connection.answerOffer(peer.localDescription?.sdp ?? '');
    await peer.setRemoteDescription({ type: 'answer', sdp: answer });
    const ended = expect(connection.whenConnected()).rejects.toMatchObject({ code: 'connect_timeout' });
    // On a slow machine the deadline may pass before: then there was nothing to retransmit.
    await Promise.race([startedDtls, ended]);
    await ended;
    await Promise.all([connection.close(), peer.close()]);
    await nothingLeft();
  });
});

/** A closed handle leaves the list a turn later, and werift's last handshake timer runs out by itself. */
async function nothingLeft(): Promise<void> {
  const held = () => process.getActiveResourcesInfo().some((name) => name === 'UDPWrap' || name === 'Timeout');
  while (held()) await sleep(50);
}
