import type { Page } from 'playwright-core';

/** Sample rate of what the page recorded, in Hz. */
export const RECORDING_RATE_HZ = 48_000;

/** Records what the page's remote audio elements play, from now on. Call {@link takeRecording} for the sound. */
export async function startPageRecorder(page: Page): Promise<void> {
  await page.evaluate(async (rate) => {
    const source = `registerProcessor('tap', class extends AudioWorkletProcessor {
      process([input]) { if (input[0]) this.port.postMessage(input[0].slice()); return true; }
    })`;
    const context = new AudioContext({ sampleRate: rate });
    await context.resume();
    await context.audioWorklet.addModule(URL.createObjectURL(new Blob([source], { type: 'text/javascript' })));
    const tap = new AudioWorkletNode(context, 'tap', { channelCount: 1, channelCountMode: 'explicit' });
    const pieces: Float32Array[] = [];
    tap.port.onmessage = (event: MessageEvent<Float32Array>) => pieces.push(event.data);
    const constant = new ConstantSourceNode(context, { offset: 0 });
    constant.connect(tap);
    constant.start();
    tap.connect(context.destination);
    const seen = new Set<MediaStream>();
    const attach = () => {
      for (const element of document.querySelectorAll('audio')) {
        const stream = element.srcObject;
        if (!(stream instanceof MediaStream) || seen.has(stream) || stream.getAudioTracks().length === 0) continue;
        seen.add(stream);
        context.createMediaStreamSource(stream).connect(tap);
      }
    };
    attach();
    const timer = setInterval(attach, 50);
    Object.assign(window, {
      takeTestRecording: () => {
        clearInterval(timer);
        const all = new Float32Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
        let at = 0;
        for (const piece of pieces) {
          all.set(piece, at);
          at += piece.length;
        }
        void context.close();
        const pcm = Int16Array.from(all, (value) => Math.max(-1, Math.min(1, value)) * 32767);
        let text = '';
        for (const byte of new Uint8Array(pcm.buffer)) text += String.fromCharCode(byte);
        return btoa(text);
      },
    });
  }, RECORDING_RATE_HZ);
}

/** Ends the recording and gives its sound, mono PCM16 at {@link RECORDING_RATE_HZ}. */
export async function takeRecording(page: Page): Promise<Int16Array> {
  const base64: unknown = await page.evaluate('window.takeTestRecording()');
  if (typeof base64 !== 'string') throw new Error('The page recorded nothing');
  const bytes = Buffer.from(base64, 'base64');
  return new Int16Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
}
