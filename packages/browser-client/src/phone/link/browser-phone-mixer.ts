import type { PhoneId } from '@voice-bridge/core';
import { type BrowserAudioContext, openBrowserAudioContext } from '../../audio/browser-audio-context.ts';
import { type Destination, openDestination } from '../../audio/destination.ts';
import { LevelTap } from '../../audio/level-tap.ts';
import { onGesture } from '../../audio/next-gesture.ts';
import type { MixSource } from './desktop-end.ts';
import type { PhoneMixer } from './phone-mixer.ts';

/** Mixes on a Web Audio context, woken again by gestures when the browser put it to sleep. */
export function openBrowserPhoneMixer(onRunning: (running: boolean) => void): PhoneMixer {
  return new BrowserPhoneMixer(onRunning);
}

/** A gain comes this much nearer (1 - 1/e) in this time, in s: within 20 ms it is there, and no step is heard. */
const RAMP_S = 0.004;

class BrowserPhoneMixer implements PhoneMixer {
  readonly track: MediaStreamTrack;
  readonly #context = openBrowserAudioContext();
  readonly #mix = openDestination(this.#context);
  readonly #desktop = new SourceStrip(this.#context);
  readonly #assistant = new GainNode(this.#context);
  readonly #toPhones = new GainNode(this.#context, { gain: 0 });
  readonly #phones = new Map<PhoneId, PhoneStrip>();
  readonly #listeners = new AbortController();
  readonly #stopWaking: () => void;
  #assistantSource: MediaStreamAudioSourceNode | null = null;

  constructor(onRunning: (running: boolean) => void) {
    this.track = this.#mix.track;
    this.#desktop.gain.connect(this.#mix.node);
    this.#desktop.gain.connect(this.#toPhones);
    const until = { signal: this.#listeners.signal };
    let runs = false;
    const look = () => {
      // Suspended, or interrupted by a call.
      const isRunning = this.#context.state === 'running';
      if (isRunning === runs) return;
      runs = isRunning;
      onRunning(runs);
    };
    this.#context.addEventListener('statechange', look, until);
    this.#stopWaking = onGesture(() => this.#wake());
    this.#wake();
    queueMicrotask(look);
  }

  setMicrophone(stream: MediaStream | null): void {
    this.#desktop.set(stream);
  }

  setAssistant(stream: MediaStream | null): void {
    // Told again with every change of the volume: a source made anew would click.
    if (stream === (this.#assistantSource?.mediaStream ?? null)) return;
    this.#assistantSource?.disconnect();
    this.#assistantSource = sourceOf(this.#context, stream);
    this.#assistantSource?.connect(this.#assistant);
  }

  trackFor(peerId: PhoneId): MediaStreamTrack {
    return this.#phone(peerId).destination.track;
  }

  setPhone(peerId: PhoneId, stream: MediaStream | null): void {
    this.#phone(peerId).play(stream);
  }

  removePhone(peerId: PhoneId): void {
    const phone = this.#phones.get(peerId);
    if (phone === undefined) return;
    this.#phones.delete(peerId);
    phone.close();
    this.#assistant.disconnect(phone.heard);
    this.#toPhones.disconnect(phone.heard);
    for (const other of this.#phones.values()) other.strip.gain.disconnect(phone.heard);
  }

  setGain(source: MixSource, gain: number): void {
    const strip = source === 'desktop' ? this.#desktop : this.#phone(source).strip;
    ramp(this.#context, strip.gain, gain);
  }

  setMicrophoneToPhones(on: boolean): void {
    ramp(this.#context, this.#toPhones, on ? 1 : 0);
  }

  level(source: MixSource): number {
    return (source === 'desktop' ? this.#desktop : this.#phones.get(source)?.strip)?.level() ?? 0;
  }

  close(): void {
    if (this.#listeners.signal.aborted) return;
    this.#listeners.abort();
    this.#stopWaking();
    for (const peerId of [...this.#phones.keys()]) this.removePhone(peerId);
    this.setMicrophone(null);
    this.setAssistant(null);
    this.#mix.close();
    void this.#context.close();
  }

  #wake(): void {
    if (this.#context.state === 'running' || this.#context.state === 'closed') return;
    // Refused without a gesture; the next one tries again.
    this.#context.resume().catch(() => {});
  }

  #phone(peerId: PhoneId): PhoneStrip {
    const known = this.#phones.get(peerId);
    if (known !== undefined) return known;
    const phone = new PhoneStrip(this.#context);
    phone.strip.gain.connect(this.#mix.node);
    this.#assistant.connect(phone.heard);
    this.#toPhones.connect(phone.heard);
    for (const other of this.#phones.values()) {
      other.strip.gain.connect(phone.heard);
      phone.strip.gain.connect(other.heard);
    }
    this.#phones.set(peerId, phone);
    return phone;
  }
}

/** One source of the mix: its sound, a gain, and a meter before it. */
class SourceStrip {
  readonly gain: GainNode;
  readonly #context: BrowserAudioContext;
  readonly #meter: LevelTap;
  #source: MediaStreamAudioSourceNode | null = null;

  constructor(context: BrowserAudioContext) {
    this.#context = context;
    this.gain = new GainNode(context);
    this.#meter = new LevelTap(context);
  }

  set(stream: MediaStream | null): void {
    this.#source?.disconnect();
    this.#source = sourceOf(this.#context, stream);
    this.#source?.connect(this.gain);
    this.#meter.watch(stream);
  }

  level(): number {
    return this.#meter.level();
  }
}

/** One phone in the mix, and what it hears. */
class PhoneStrip {
  readonly strip: SourceStrip;
  readonly destination: Destination;
  // Chromium feeds a remote stream into a graph only while some element plays it, and this one is silent.
  readonly #element = document.createElement('audio');

  constructor(context: BrowserAudioContext) {
    this.strip = new SourceStrip(context);
    this.destination = openDestination(context);
    this.#element.muted = true;
    this.#element.setAttribute('playsinline', '');
  }

  get heard(): AudioNode {
    return this.destination.node;
  }

  play(stream: MediaStream | null): void {
    this.#element.srcObject = stream;
    // Ended by the next stream, or refused: what is heard does not come from the element.
    if (stream !== null) this.#element.play().catch(() => {});
    this.strip.set(stream);
  }

  close(): void {
    this.play(null);
    this.strip.gain.disconnect();
    this.destination.close();
  }
}

function sourceOf(context: BrowserAudioContext, stream: MediaStream | null): MediaStreamAudioSourceNode | null {
  return stream === null || stream.getAudioTracks().length === 0 ? null : context.createMediaStreamSource(stream);
}

function ramp(context: BrowserAudioContext, { gain }: GainNode, value: number): void {
  gain.setTargetAtTime(value, context.currentTime, RAMP_S);
}
