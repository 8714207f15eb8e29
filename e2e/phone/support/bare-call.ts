import type { JSHandle, Page } from 'playwright-core';
import { openBrowser } from '../../support/chromium.ts';
import { cleanup } from '../../support/open-things.ts';
import { measureCost, type PageCost } from './page-cost.ts';

interface End {
  readonly page: Page;
  readonly peer: JSHandle<RTCPeerConnection>;
}

/** Everything has settled by then, in ms. */
const SETTLED_MS = 3_000;

/** What a browser takes for a call by itself. */
export interface BareCallCosts {
  readonly muted: PageCost;
  readonly open: PageCost;
}

/**
 * Measures, for `forMs` each, a page with a connection, its microphone and an audio element, and nothing else. The other end,
 * in a browser of its own, sends sound all the time; what is silent is not sent (DTX), as with a phone.
 */
export async function measureBareCall(forMs: number): Promise<BareCallCosts> {
  const [desktop, phone] = [await openEnd(false), await openEnd(true)];
  await desktop.page.evaluate(async (peer) => {
    const context = new AudioContext();
    await context.resume();
    const tone = new OscillatorNode(context);
    const sound = new MediaStreamAudioDestinationNode(context, { channelCount: 1 });
    tone.connect(sound);
    tone.start();
    for (const track of sound.stream.getAudioTracks()) peer.addTransceiver(track);
    await peer.setLocalDescription();
  }, desktop.peer);
  const offer = await gathered(desktop);
  const microphone = await phone.page.evaluateHandle(
    async ([peer, sdp]) => {
      const element = document.createElement('audio');
      peer.addEventListener('track', ({ track }) => {
        element.srcObject = new MediaStream([track]);
        void element.play();
      });
      await peer.setRemoteDescription({ type: 'offer', sdp });
      const [track] = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks();
      const [transceiver] = peer.getTransceivers();
      if (track === undefined || transceiver === undefined) throw new TypeError('There is no sound');
      transceiver.direction = 'sendrecv';
      await transceiver.sender.replaceTrack(track);
      await peer.setLocalDescription();
      return track;
    },
    [phone.peer, offer] as const,
  );
  const answer = (await gathered(phone)).replace('useinbandfec=1', 'useinbandfec=1;usedtx=1');
  await desktop.page.evaluate(([peer, sdp]) => peer.setRemoteDescription({ type: 'answer', sdp }), [
    desktop.peer,
    answer,
  ] as const);
  await phone.page.waitForFunction(({ connectionState }) => connectionState === 'connected', phone.peer);
  await new Promise((resolve) => setTimeout(resolve, SETTLED_MS));
  const open = await measureCost(phone.page, forMs);
  await phone.page.evaluate((track) => {
    track.enabled = false;
  }, microphone);
  return { open, muted: await measureCost(phone.page, forMs) };
}

async function openEnd(phone: boolean): Promise<End> {
  const { context, page, close } = await openBrowser({ phone, permission: 'grant' });
  cleanup(close);
  await context.route('**/*', (route) => route.fulfill({ contentType: 'text/html', body: '<p>A bare call</p>' }));
  await page.goto('http://localhost/');
  await page.locator('p').click();
  return { page, peer: await page.evaluateHandle(() => new RTCPeerConnection()) };
}

/** What an end has to say once it knows its own addresses. */
async function gathered({ page, peer }: End): Promise<string> {
  await page.waitForFunction(({ iceGatheringState }) => iceGatheringState === 'complete', peer);
  return page.evaluate(({ localDescription }) => localDescription?.sdp ?? '', peer);
}
