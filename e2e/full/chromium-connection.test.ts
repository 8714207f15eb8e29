import { createServer } from 'node:http';
import { seededRandom } from '@voice-bridge/core/testing';
import { createMediaConnection, type MediaConnection, OPUS_SILENCE } from '@voice-bridge/media-node';
import { startUdpRelay, systemClock } from '@voice-bridge/media-node/testing';
import type { Page } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import { openBrowser } from '../support/chromium.ts';
import { cleanup, closeAll } from '../support/open-things.ts';

/** Without a word of ours Chromium shows `disconnected` 5.5 to 6.5 s later. */
const TOLD_WITHIN_MS = 1_000;
const RETURNS_WITHIN_MS = 8_000;
const FRAMES = 50;

afterEach(closeAll);

describe('a connection with audio alone between Chromium and us', () => {
  it('[X4] is over for Chromium at once when we close it: by DTLS, as nothing else is there to tell it', async () => {
    const { page, ours } = await connectChromium();
    const closedAt = Date.now();
    await ours.close();
    await expect.poll(() => dtlsClosedAt(page), { timeout: 10_000 }).toBeGreaterThan(0);
    expect((await dtlsClosedAt(page)) - closedAt).toBeLessThan(TOLD_WITHIN_MS);
  });

  it('goes on both ways when a NAT gives Chromium another port, without anybody connecting anew', async () => {
    const { page, ours, relay, heard } = await connectChromium();
    speak(ours);
    const received: () => Promise<number> = () => page.evaluate('packetsReceived()');
    await expect.poll(async () => Math.min(heard(), await received()), { timeout: 10_000 }).toBeGreaterThan(FRAMES);
    relay.rebind();
    const before = { heard: heard(), received: await received() };
    const returned = async () => heard() > before.heard + FRAMES && (await received()) > before.received + FRAMES;
    await expect.poll(returned, { timeout: RETURNS_WITHIN_MS }).toBe(true);
    expect([ours.state.name, await page.evaluate('connection.connectionState')]).toEqual(['connected', 'connected']);
  });
});

/** Chromium, sending what it takes for its microphone's sound, connected with us over a network of its own. */
async function connectChromium() {
  const browser = await openBrowser();
  cleanup(() => browser.close());
  const { page } = browser;
  await page.goto(await emptyPage());
  const offer: string = await page.evaluate(`(async () => {
    window.connection = new RTCPeerConnection();
    window.dtlsClosedAt = 0;
    const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getTracks();
    connection.addTrack(track);
    await connection.setLocalDescription(await connection.createOffer());
    const dtls = connection.getSenders()[0].transport;
    dtls.onstatechange = () => { if (dtls.state === 'closed') dtlsClosedAt = Date.now(); };
    window.packetsReceived = async () => {
      for (const entry of (await connection.getStats()).values())
        if (entry.type === 'inbound-rtp') return entry.packetsReceived;
      return 0;
    };
    return connection.localDescription.sdp;
  })()`);
  let heard = 0;
  const ours = createMediaConnection({
    clock: systemClock,
    additionalHostAddresses: ['127.0.0.1'],
    onAudio: () => {
      heard++;
    },
  });
  cleanup(() => ours.close());
  const sdp = await ours.answerOffer(offer);
  const relay = await startUdpRelay({ sdp, clock: systemClock, random: seededRandom(4) });
  cleanup(() => relay.close());
  await page.evaluate(`connection.setRemoteDescription(${JSON.stringify({ type: 'answer', sdp: relay.sdp })})`);
  await ours.whenConnected();
  await expect.poll(() => page.evaluate('connection.connectionState'), { timeout: 10_000 }).toBe('connected');
  return { page, ours, relay, heard: () => heard };
}

function dtlsClosedAt(page: Page): Promise<number> {
  return page.evaluate('dtlsClosedAt');
}

function speak(connection: MediaConnection): void {
  let sequenceNumber = 0;
  const speaking = setInterval(() => {
    const timestamp = sequenceNumber * 960;
    connection.sendAudio({ sequenceNumber: sequenceNumber++, timestamp, marker: false, payload: OPUS_SILENCE });
  }, 20);
  cleanup(() => clearInterval(speaking));
}

/** A page of a secure context: only there is a microphone to be had. */
async function emptyPage(): Promise<string> {
  const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanup(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('The server has no port');
  return `http://127.0.0.1:${address.port}`;
}
