import type { BrowserContext, Page } from 'playwright-core';

/** Both sides of a conversation on one clock. */
export interface TwoSidedRecording {
  readonly sampleRateHz: number;
  /** What the microphone track carried. */
  readonly microphone: Int16Array;
  /** What the page played of the assistant. */
  readonly assistant: Int16Array;
  /** When the page's stage changed its `data-assistant`, in ms from the recording's start. */
  readonly marks: readonly { readonly state: string; readonly atMs: number }[];
}

/** Makes the page's microphone stream and connections reachable for {@link startTwoSidedRecorder}; call before the page loads. */
export async function exposeMedia(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const streams: MediaStream[] = [];
    const connections: RTCPeerConnection[] = [];
    const getUserMedia = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (constraints) => {
      const stream = await getUserMedia(constraints);
      streams.push(stream);
      return stream;
    };
    window.RTCPeerConnection = class extends RTCPeerConnection {
      constructor(configuration?: RTCConfiguration) {
        super(configuration);
        connections.push(this);
      }
    };
    Object.assign(window, { testStreams: streams, testConnections: connections });
  });
}

/** Presses the one button and gives the ms until packets went and came, as the page's own statistics tell. */
export async function clickToFirstPackets(page: Page): Promise<number> {
  const took: unknown = await page.evaluate(`(async () => {
    const start = performance.now();
    document.querySelector('.orb').click();
    for (;;) {
      let sent = 0, received = 0;
      for (const connection of window.testConnections) {
        for (const report of (await connection.getStats()).values()) {
          if (report.type === 'outbound-rtp') sent += report.packetsSent;
          if (report.type === 'inbound-rtp') received += report.packetsReceived;
        }
      }
      if (sent > 0 && received > 0) return performance.now() - start;
      if (performance.now() - start > 20000) return NaN;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  })()`);
  return Number(took);
}

/** Records microphone and assistant from now on, in one AudioContext. */
export async function startTwoSidedRecorder(page: Page): Promise<void> {
  await page.evaluate(`(async () => {
    const source = "registerProcessor('two-taps', class extends AudioWorkletProcessor {" +
      "process([a, b]) { this.port.postMessage([a[0] ? a[0].slice() : new Float32Array(128), b[0] ? b[0].slice() : new Float32Array(128)]); return true; } })";
    const context = new AudioContext({ sampleRate: 48000 });
    await context.resume();
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    const taps = new AudioWorkletNode(context, 'two-taps', { numberOfInputs: 2, channelCount: 1, channelCountMode: 'explicit' });
    const constant = new ConstantSourceNode(context, { offset: 0 });
    constant.connect(taps, 0, 0);
    constant.connect(taps, 0, 1);
    constant.start();
    taps.connect(context.destination);
    const pieces = [];
    let first = NaN;
    taps.port.onmessage = (event) => { if (pieces.length === 0) first = context.currentTime; pieces.push(event.data); };
    for (const stream of window.testStreams) context.createMediaStreamSource(stream).connect(taps, 0, 0);
    for (const element of document.querySelectorAll('audio')) {
      if (element.srcObject instanceof MediaStream && element.srcObject.getAudioTracks().length > 0) {
        context.createMediaStreamSource(element.srcObject).connect(taps, 0, 1);
        break;
      }
    }
    const marks = [];
    const stage = document.querySelector('.stage');
    new MutationObserver(() => marks.push({ state: stage.dataset.assistant, at: context.currentTime })).observe(stage, { attributeFilter: ['data-assistant'] });
    window.takeTwoSided = () => {
      void context.close();
      const side = (index) => {
        const pcm = new Int16Array(pieces.length * 128);
        pieces.forEach((piece, i) => piece[index].forEach((value, j) => { pcm[i * 128 + j] = Math.max(-1, Math.min(1, value)) * 32767; }));
        let text = '';
        for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
        return btoa(text);
      };
      return { microphone: side(0), assistant: side(1), marks: marks.map((mark) => ({ state: mark.state, atMs: (mark.at - first) * 1000 })) };
    };
  })()`);
}

/** Ends the recording of {@link startTwoSidedRecorder}. */
export async function takeTwoSidedRecording(page: Page): Promise<TwoSidedRecording> {
  const taken: { microphone: string; assistant: string; marks: { state: string; atMs: number }[] } =
    await page.evaluate('window.takeTwoSided()');
  return {
    sampleRateHz: 48_000,
    microphone: pcmOf(taken.microphone),
    assistant: pcmOf(taken.assistant),
    marks: taken.marks,
  };
}

/** The stretches, in ms, in which the sound is louder than `threshold` (0 to 32767), pauses under `joinMs` bridged. */
export function loudSpans(pcm: Int16Array, sampleRateHz: number, threshold: number, joinMs: number) {
  const step = sampleRateHz / 100;
  const spans: { startMs: number; endMs: number }[] = [];
  for (let at = 0; at + step <= pcm.length; at += step) {
    let peak = 0;
    for (let i = at; i < at + step; i++) peak = Math.max(peak, Math.abs(pcm[i] ?? 0));
    if (peak < threshold) continue;
    const startMs = (at / sampleRateHz) * 1000;
    const last = spans.at(-1);
    if (last !== undefined && startMs - last.endMs <= joinMs) last.endMs = startMs + 10;
    else spans.push({ startMs, endMs: startMs + 10 });
  }
  return spans;
}

function pcmOf(base64: string): Int16Array {
  const bytes = Buffer.from(base64, 'base64');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
