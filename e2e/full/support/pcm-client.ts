import { bytesToPcm16, parseServerControl, pcm16ToBytes, type ServerControlMessage } from '@voice-bridge/core';
import { readToneText, toneText } from '@voice-bridge/local-realtime/testing';
import { realClock } from '../../integration/support/real-clock.ts';

const RATE_HZ = 24_000;
const FRAME = 480;
const FRAME_MS = 20;

/** What PCM and control messages travel on. */
export interface PcmWay {
  send(message: string | Uint8Array<ArrayBuffer>): void;
  /** Sets the one taker of what comes. */
  receive(taker: (message: string | Uint8Array) => void): void;
  close(): void | Promise<void>;
}

/** A client without an Opus codec, in Node: speaks and hears PCM16 at 24 kHz over whatever way it has. */
export class PcmClient {
  readonly messages: ServerControlMessage[] = [];
  /** Every piece of sound and when it came, in ms. */
  readonly heard: { readonly pcm: Int16Array; readonly at: number }[] = [];
  readonly #way: PcmWay;

  constructor(way: PcmWay) {
    this.#way = way;
    way.receive((message) => {
      if (typeof message !== 'string') this.heard.push({ pcm: bytesToPcm16(message), at: realClock.now() });
      else this.#told(message);
    });
  }

  /** The words of its users' turns, as it was told. */
  get lines(): string[] {
    const lines = this.messages.flatMap((message) => (message.type === 'transcript' ? message.entry : []));
    return lines.filter(({ role, state }) => role === 'user' && state === 'final').map(({ text }) => text);
  }

  /** Whether the assistant has said something and is done. */
  get wasAnswered(): boolean {
    const states = this.messages.flatMap((message) => (message.type === 'assistant' ? message.state : []));
    return states.includes('speaking') && states.at(-1) === 'idle';
  }

  /** Says text as tones in real time, `burst` frames at a time. */
  async say(text: string, burst = 1): Promise<void> {
    const pcm = toneText(text, { sampleRateHz: RATE_HZ });
    const startedAt = realClock.now();
    for (let at = 0; at < pcm.length; at += burst * FRAME) {
      const due = startedAt + (at / FRAME) * FRAME_MS;
      await new Promise<void>((resolve) => {
        realClock.after(due - realClock.now(), resolve);
      });
      for (let frame = at; frame < at + burst * FRAME; frame += FRAME) {
        this.#way.send(pcm16ToBytes(pcm.subarray(frame, frame + FRAME)));
      }
    }
  }

  /** Forgets what it heard and was told until now. */
  forget(): void {
    this.heard.length = 0;
    this.messages.length = 0;
  }

  send(message: object): void {
    this.#way.send(JSON.stringify(message));
  }

  /** What a scripted model said, as it was heard. */
  heardText(): string {
    return readToneText(this.#heardPcm(), RATE_HZ);
  }

  /** How much sound came, and how long it took to come, in ms. */
  get pace(): { readonly heardMs: number; readonly tookMs: number } {
    const samples = this.heard.reduce((sum, { pcm }) => sum + pcm.length, 0);
    return {
      heardMs: (samples * 1_000) / RATE_HZ,
      tookMs: (this.heard.at(-1)?.at ?? 0) - (this.heard[0]?.at ?? 0),
    };
  }

  close(): void | Promise<void> {
    return this.#way.close();
  }

  #heardPcm(): Int16Array {
    const joined = new Int16Array(this.heard.reduce((sum, { pcm }) => sum + pcm.length, 0));
    let at = 0;
    for (const { pcm } of this.heard) {
      joined.set(pcm, at);
      at += pcm.length;
    }
    return joined;
  }

  #told(text: string): void {
    const parsed = parseServerControl(text);
    // What is none is the answer to what opens the way.
    if (!parsed.ok) return;
    if (parsed.value.type === 'ping') this.send({ type: 'pong', id: parsed.value.id });
    else this.messages.push(parsed.value);
  }
}
