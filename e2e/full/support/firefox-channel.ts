import type { FirefoxPage } from '../../support/firefox.ts';
import type { PcmWay } from './pcm-client.ts';

/** A data channel of a page in Firefox, which is at the bridge's own origin; resolves when it is open. */
export async function openFirefoxChannel({ page }: FirefoxPage, conversationId: string): Promise<PcmWay> {
  const waiting: (string | Uint8Array)[] = [];
  let take = (message: string | Uint8Array) => {
    waiting.push(message);
  };
  await page.exposeFunction('tellTest', (kind: string, text: string) => {
    take(kind === 'text' ? text : Buffer.from(text, 'base64'));
  });
  await page.evaluate(connect, conversationId);
  return {
    send(message) {
      const [kind, text] = typeof message === 'string' ? ['text', message] : ['bytes', encode(message)];
      // The page may be gone already.
      page.evaluate(sendOnChannel, kind, text).catch(() => {});
    },
    receive(taker) {
      take = taker;
      for (const message of waiting.splice(0)) taker(message);
    },
    close: () => page.close(),
  };
}

function encode(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64');
}

/** Runs in the page. */
async function connect(conversationId: string): Promise<void> {
  const tell: unknown = Reflect.get(window, 'tellTest');
  if (typeof tell !== 'function') throw new Error('There is nobody to tell');
  const peer = new RTCPeerConnection();
  const channel = peer.createDataChannel('sound', { ordered: false, maxRetransmits: 0 });
  channel.binaryType = 'arraybuffer';
  channel.onmessage = ({ data }) => {
    if (typeof data === 'string') tell('text', data);
    else tell('bytes', btoa(String.fromCharCode(...new Uint8Array(data))));
  };
  Reflect.set(window, 'testChannel', channel);
  const opened = new Promise((resolve) => {
    channel.onopen = resolve;
  });
  await peer.setLocalDescription();
  const response = await fetch('/api/voice/offer', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'offer', sdp: peer.localDescription?.sdp, conversation_id: conversationId }),
  });
  const { sdp } = await response.json();
  await peer.setRemoteDescription({ type: 'answer', sdp });
  await opened;
}

/** Runs in the page. */
function sendOnChannel(kind: string | undefined, text: string | undefined): void {
  const channel: unknown = Reflect.get(window, 'testChannel');
  if (!(channel instanceof RTCDataChannel)) throw new Error('The page has no channel');
  if (kind === 'text') channel.send(text ?? '');
  else channel.send(Uint8Array.from(atob(text ?? ''), (letter) => letter.charCodeAt(0)));
}
