import { ENDPOINTS, parseValue, sdpPath, voiceDescriptionSchema } from '@voice-bridge/core';
import { RTCPeerConnection } from 'werift';
import type { PcmWay } from './pcm-client.ts';

/** `/ws/speech`, open and about to be started by what is sent first. */
export async function dialSpeech(url: string): Promise<PcmWay> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${ENDPOINTS.speech}`);
  socket.binaryType = 'arraybuffer';
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = () => reject(new Error('The WebSocket did not open'));
  });
  return {
    send: (message) => socket.send(message),
    receive(taker) {
      socket.onmessage = ({ data }) => {
        if (typeof data === 'string') taker(data);
        else if (data instanceof ArrayBuffer) taker(new Uint8Array(data));
      };
    },
    close: () => socket.close(),
  };
}

/** Exchanges an offer for the bridge's answer. */
type Exchange = (offer: string) => Promise<string>;

/** By `POST /api/voice/offer`. */
export function byVoiceOffer(url: string, wishes: object): Exchange {
  return async (sdp) => {
    const response = await fetch(`${url}${ENDPOINTS.voiceOffer}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ type: 'offer', sdp, ...wishes }),
    });
    const parsed = parseValue(voiceDescriptionSchema, await response.json());
    if (!parsed.ok) throw new Error(`The bridge answered ${response.status}: ${parsed.problem}`);
    return parsed.value.sdp;
  };
}

/** By `POST /api/realtime/sdp/{session}`, both ways as it is. */
export function bySdp(url: string, sessionId: string): Exchange {
  return async (body) => {
    const headers = { 'content-type': 'application/sdp' };
    const response = await fetch(`${url}${sdpPath(sessionId)}`, { method: 'POST', headers, body });
    if (!response.ok) throw new Error(`The bridge answered ${response.status}`);
    return response.text();
  };
}

/** The WebRTC library as it is, with a data channel that keeps no order and repeats nothing, and no audio. */
export async function dialChannel(exchange: Exchange): Promise<PcmWay> {
  const peer = new RTCPeerConnection({ iceServers: [], iceAdditionalHostAddresses: ['127.0.0.1'] });
  const channel = peer.createDataChannel('sound', { ordered: false, maxRetransmits: 0 });
  const waiting: (string | Buffer)[] = [];
  let take = (message: string | Buffer) => {
    waiting.push(message);
  };
  channel.onMessage.subscribe((message) => take(message));
  await peer.setLocalDescription(await peer.createOffer());
  const answer = await exchange(peer.localDescription?.sdp ?? '');
  const opened = new Promise<void>((resolve) => {
    channel.onopen = () => resolve();
  });
  await peer.setRemoteDescription({ type: 'answer', sdp: answer });
  if (channel.readyState !== 'open') await opened;
  return {
    send: (message) => channel.send(typeof message === 'string' ? message : Buffer.from(message)),
    receive(taker) {
      take = taker;
      for (const message of waiting.splice(0)) taker(message);
    },
    close: () => peer.close(),
  };
}
