import { bytesToPcm16, parseServerControl, pcm16ToBytes, type ServerControlMessage } from '@voice-bridge/core';
import { WebSocket } from 'ws';
import { cleanup } from './open-things.ts';

const FRAME = 480;
const FRAME_MS = 20;
const MAX_BEHIND_MS = 100;

/** A program that speaks and hears PCM over a WebSocket, as any script can. */
export interface SpeechLine {
  /** Everything it heard, PCM16 at 24 kHz. */
  readonly heard: Int16Array[];
  readonly messages: ServerControlMessage[];
  /** Says it in real time; PCM16 at 24 kHz. Resolves when it was all sent. */
  say(pcm: Int16Array): Promise<void>;
}

/** Joins a conversation over `/ws/speech`; the line ends with the test. Resolves when the bridge has let it in. */
export async function openSpeechLine(houseUrl: string, conversationId: string, name: string): Promise<SpeechLine> {
  const line = new WebSocket(`${houseUrl.replace('http', 'ws')}/ws/speech`, 'voice-bridge.v1');
  cleanup(() => line.close());
  const heard: Int16Array[] = [];
  const messages: ServerControlMessage[] = [];
  await new Promise((resolve, reject) => line.once('open', resolve).once('error', reject));
  const joined = new Promise<void>((resolve, reject) => {
    line.once('close', (code, reason) => reject(new Error(`The speech line closed with ${code} ${reason}`)));
    line.on('message', (data: Buffer, isBinary: boolean) => {
      if (isBinary) {
        heard.push(bytesToPcm16(data));
        return;
      }
      const parsed = parseServerControl(data.toString());
      if (!parsed.ok) return;
      messages.push(parsed.value);
      if (parsed.value.type === 'joined') resolve();
    });
  });
  line.send(JSON.stringify({ type: 'start', conversation_id: conversationId, name }));
  await joined;
  return { heard, messages, say: (pcm) => inRealTime(pcm, (frame) => line.send(pcm16ToBytes(frame))) };
}

async function inRealTime(pcm: Int16Array, send: (frame: Int16Array) => void): Promise<void> {
  let startedAt = performance.now();
  for (let at = 0; at < pcm.length; ) {
    // Where this process stood still there is a pause: what came in one go would be more than may come ahead.
    const behindMs = performance.now() - startedAt - (at / FRAME) * FRAME_MS;
    if (behindMs > MAX_BEHIND_MS) startedAt += behindMs - FRAME_MS;
    const due = Math.floor((performance.now() - startedAt) / FRAME_MS) * FRAME;
    while (at < due && at < pcm.length) {
      send(pcm.subarray(at, at + FRAME));
      at += FRAME;
    }
    await new Promise((resolve) => setTimeout(resolve, FRAME_MS / 2));
  }
}
